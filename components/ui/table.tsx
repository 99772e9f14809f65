import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names.ts";

export interface TableProps extends ComponentProps<"table"> {
  /** Names the table for screen readers. */
  readonly label: string;
}

/** A table that scrolls sideways inside its own box on narrow screens. */
export function Table({ label, className, ...rest }: TableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
    <section aria-label={label} tabIndex={0} className="w-full overflow-x-auto">
      <table
        aria-label={label}
        className={classNames("w-full border-collapse text-sm", className)}
        {...rest}
      />
    </section>
  );
}

/** A column or row heading; pass `scope`. */
export function TableHead({ className, scope = "col", ...rest }: ComponentProps<"th">) {
  return (
    <th
      scope={scope}
      className={classNames(
        "whitespace-nowrap border-line border-b py-2 pr-4 text-left font-medium text-muted",
        className,
      )}
      {...rest}
    />
  );
}

/** A cell. Give numbers `className="text-right tabular-nums"`. */
export function TableCell({ className, ...rest }: ComponentProps<"td">) {
  return <td className={classNames("border-line border-b py-2.5 pr-4 align-top", className)} {...rest} />;
}
