"use client";

import { Check } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names.ts";

const ITEM =
  "flex min-h-9 cursor-default select-none items-center gap-2 rounded-md px-2.5 py-1.5 text-sm outline-none " +
  "data-[disabled]:opacity-50 data-[highlighted]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0";

export const Menu = DropdownMenu.Root;
export const MenuTrigger = DropdownMenu.Trigger;
export const MenuRadioGroup = DropdownMenu.RadioGroup;

/** The floating list of a menu. */
export function MenuContent({ className, ...rest }: ComponentProps<typeof DropdownMenu.Content>) {
  return (
    <DropdownMenu.Portal>
      <DropdownMenu.Content
        sideOffset={6}
        collisionPadding={8}
        className={classNames(
          "z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 max-w-[calc(100vw-1rem)] animate-appear",
          "overflow-y-auto rounded-lg border border-line bg-surface p-1 shadow-raised",
          className,
        )}
        {...rest}
      />
    </DropdownMenu.Portal>
  );
}

export interface MenuItemProps extends ComponentProps<typeof DropdownMenu.Item> {
  readonly isDangerous?: boolean;
}

/** One action of a menu. */
export function MenuItem({ className, isDangerous = false, ...rest }: MenuItemProps) {
  return (
    <DropdownMenu.Item className={classNames(ITEM, isDangerous && "text-danger", className)} {...rest} />
  );
}

/** An entry that is on or off; the menu stays open so that several can be set. */
export function MenuCheckboxItem({
  children,
  className,
  ...rest
}: ComponentProps<typeof DropdownMenu.CheckboxItem>) {
  return (
    <DropdownMenu.CheckboxItem
      className={classNames(ITEM, "pl-8 relative", className)}
      onSelect={(event) => event.preventDefault()}
      {...rest}
    >
      <DropdownMenu.ItemIndicator className="absolute left-2.5">
        <Check aria-hidden />
      </DropdownMenu.ItemIndicator>
      {children}
    </DropdownMenu.CheckboxItem>
  );
}

/** One of several choices inside a {@link MenuRadioGroup}. */
export function MenuRadioItem({
  children,
  className,
  ...rest
}: ComponentProps<typeof DropdownMenu.RadioItem>) {
  return (
    <DropdownMenu.RadioItem className={classNames(ITEM, "pl-8 relative", className)} {...rest}>
      <DropdownMenu.ItemIndicator className="absolute left-2.5">
        <Check aria-hidden />
      </DropdownMenu.ItemIndicator>
      {children}
    </DropdownMenu.RadioItem>
  );
}

/** A heading inside a menu. */
export function MenuLabel({ className, ...rest }: ComponentProps<typeof DropdownMenu.Label>) {
  return (
    <DropdownMenu.Label className={classNames("px-2.5 py-1.5 text-muted text-xs", className)} {...rest} />
  );
}

/** A line between groups of entries. */
export function MenuSeparator() {
  return <DropdownMenu.Separator className="my-1 h-px bg-line" />;
}
