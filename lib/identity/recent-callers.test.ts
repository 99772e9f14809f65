import { describe, expect, it } from "vitest";
import { RecentCallers } from "./recent-callers.ts";
import type { Principal } from "./schema.ts";

const principal: Principal = {
  orgId: "o",
  userId: "u",
  name: "N",
  email: null,
  role: "member",
  isGuest: false,
  via: "key",
  scopes: ["search"],
};
const headersOf = (key: string) => new Headers({ authorization: `Bearer ${key}` });

describe("callers of a moment ago", () => {
  it("are known by their credential for ten seconds, and strangers again when a check fails", () => {
    let nowMs = 0;
    const callers = new RecentCallers(() => nowMs);
    expect(callers.recall(headersOf("one"))).toBeNull();
    callers.note(headersOf("one"), principal);
    expect(callers.recall(headersOf("one"))).toEqual(principal);
    expect(callers.recall(headersOf("two"))).toBeNull();
    expect(callers.recall(new Headers())).toBeNull();
    nowMs = 10_001;
    expect(callers.recall(headersOf("one"))).toBeNull();
    callers.note(headersOf("one"), principal);
    callers.note(headersOf("one"), null);
    expect(callers.recall(headersOf("one"))).toBeNull();
  });

  it("are forgotten from the one unseen for longest when they are many", () => {
    const callers = new RecentCallers(() => 0);
    for (let index = 0; index < 1_001; index += 1) callers.note(headersOf(`k${index}`), principal);
    expect(callers.recall(headersOf("k0"))).toBeNull();
    expect(callers.recall(headersOf("k1"))).toEqual(principal);
    expect(callers.recall(headersOf("k1000"))).toEqual(principal);
  });

  it("presenting keys that contradict each other are nobody", () => {
    const callers = new RecentCallers(() => 0);
    const headers = new Headers({ authorization: "Bearer one", "x-api-key": "two" });
    callers.note(headers, principal);
    expect(callers.recall(headers)).toBeNull();
  });
});
