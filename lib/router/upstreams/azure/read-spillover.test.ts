import { expect, test } from "vitest";
import { readSpillover } from "./read-spillover.ts";

test("a call that a full provisioned deployment passed on is spilled, and its origin known", () => {
  const headers = {
    "x-ms-is-spilled-over": "true",
    "x-ms-spillover-from-deployment": "gpt-ptu",
    "x-ms-deployment-name": "gpt-standard",
  };
  expect(readSpillover(headers)).toEqual({ isSpilled: true, fromDeployment: "gpt-ptu" });
});

test("either header is enough, in any letters", () => {
  expect(readSpillover({ "x-ms-is-spilled-over": "True" })).toEqual({
    isSpilled: true,
    fromDeployment: undefined,
  });
  expect(readSpillover({ "x-ms-spillover-from-deployment": "gpt-ptu" }).isSpilled).toBe(true);
});

test("a call its own deployment served is not spilled", () => {
  for (const headers of [{}, { "x-ms-is-spilled-over": "false" }, { "x-ms-deployment-name": "gpt-ptu" }]) {
    expect(readSpillover(headers)).toEqual({ isSpilled: false, fromDeployment: undefined });
  }
});

test("a name no deployment can have goes nowhere", () => {
  const headers = { "x-ms-is-spilled-over": "true", "x-ms-spillover-from-deployment": "a b; <script>" };
  expect(readSpillover(headers)).toEqual({ isSpilled: true, fromDeployment: undefined });
});
