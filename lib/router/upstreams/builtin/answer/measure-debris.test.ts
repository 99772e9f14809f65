import { describe, expect, it } from "vitest";
import { measureDebris } from "./measure-debris.ts";

describe("measureDebris", () => {
  it.each([
    "The valve opens at 3.5 bar (50 psi) and closes again below 3 bar.",
    'She called it "a small matter" and signed the form.',
    "The fee is $12, or 10 % of the fare, whichever is more.",
  ])("finds none in %j", (text) => {
    expect(measureDebris(text)).toBe(0);
  });

  it.each([
    'const reply = await send({ "kind": "ping", "size": 3 });',
    "Welcome Getting Started Install The App First Steps Menus And Panels Settings Account Billing Help Contact Imprint",
    "OverviewRead thisQuickstartTry itReferenceLook upGuidesLearn more",
  ])("finds nothing else in %j", (text) => {
    expect(measureDebris(text)).toBe(1);
  });
});
