/** A `ref` for what must be seen as soon as it is drawn. */
export function bringIntoView(element: Element | null): void {
  element?.scrollIntoView({ block: "center", inline: "center" });
}
