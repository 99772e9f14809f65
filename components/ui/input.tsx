import { type ComponentProps, type ReactNode, useId } from "react";
import { classNames } from "@/components/ui/class-names.ts";

const CONTROL =
  "w-full rounded-md border border-line-strong bg-surface px-3 text-ink placeholder:text-muted " +
  "disabled:opacity-60 aria-invalid:border-danger";

/** A one-line text field. Give it a label through {@link Field} or `aria-label`. */
export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input className={classNames(CONTROL, "h-10", className)} {...rest} />;
}

/** A text field of several lines. */
export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea className={classNames(CONTROL, "py-2", className)} {...rest} />;
}

/** The platform's own list of choices. */
export function Select({ className, ...rest }: ComponentProps<"select">) {
  return <select className={classNames(CONTROL, "h-10", className)} {...rest} />;
}

export interface CheckboxProps extends Omit<ComponentProps<"input">, "type"> {
  readonly label: ReactNode;
}

/** A check box with its words beside it. */
export function Checkbox({ label, className, ...rest }: CheckboxProps) {
  return (
    <label className={classNames("flex items-start gap-2.5", className)}>
      <input type="checkbox" className="mt-1 size-4 shrink-0 accent-accent" {...rest} />
      <span>{label}</span>
    </label>
  );
}

/** What {@link Field} hands its control: ids that tie label, hint and error to it. */
export interface FieldControlProps {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": boolean | undefined;
}

export interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | null | undefined;
  readonly children: (control: FieldControlProps) => ReactNode;
}

/** A labelled form field with an optional hint and an error sentence. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  const noteId = `${id}-note`;
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium text-sm">
        {label}
      </label>
      {children({
        id,
        "aria-describedby": note ? noteId : undefined,
        "aria-invalid": error ? true : undefined,
      })}
      {note && (
        <p id={noteId} className={classNames("text-sm", error ? "text-danger" : "text-muted")}>
          {note}
        </p>
      )}
    </div>
  );
}
