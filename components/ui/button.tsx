import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names.ts";

const BASE =
  "inline-flex select-none items-center justify-center gap-1.5 rounded-md font-medium transition-colors " +
  "disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0";

const VARIANTS = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  secondary: "border border-line bg-surface text-ink hover:bg-hover",
  quiet: "text-muted hover:bg-hover hover:text-ink",
  danger: "bg-danger text-paper hover:opacity-90",
} as const;

const SIZES = {
  small: "h-8 px-2.5 text-sm",
  medium: "h-10 px-4 text-sm",
} as const;

export interface ButtonProps extends ComponentProps<"button"> {
  readonly variant?: keyof typeof VARIANTS;
  readonly size?: keyof typeof SIZES;
  /** Styles the only child (a link, say) instead of drawing a button of its own. */
  readonly asChild?: boolean;
}

/** A button with words on it. One `primary` per view. */
export function Button({
  variant = "secondary",
  size = "medium",
  asChild = false,
  className,
  type = "button",
  ...rest
}: ButtonProps) {
  const classes = classNames(BASE, VARIANTS[variant], SIZES[size], className);
  if (asChild) return <Slot.Root className={classes} {...rest} />;
  return <button type={type} className={classes} {...rest} />;
}

export interface IconButtonProps extends Omit<ButtonProps, "asChild" | "aria-label"> {
  /** Accessible name, also shown as the native tooltip. */
  readonly label: string;
}

/** A square button that shows an icon only; its name is spoken and shown on hover. */
export function IconButton({
  label,
  variant = "quiet",
  size = "small",
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Button
      aria-label={label}
      title={label}
      variant={variant}
      size={size}
      className={classNames(size === "small" ? "w-8" : "w-10", "px-0!", className)}
      {...rest}
    />
  );
}
