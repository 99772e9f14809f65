import { describe, expect, it } from "vitest";
import {
  durationWords,
  faultWords,
  healthWords,
  policyWords,
  targetWords,
} from "@/components/router/router-words.ts";
import type { RouterState, TargetStateView } from "@/lib/router/schema.ts";

const target: TargetStateView = {
  upstream: "east",
  upstreamModel: "mini",
  weight: 1,
  isPriced: true,
  breaker: "closed",
  coolingForMs: 0,
  inFlight: 0,
  ewmaFirstTokenMs: null,
  running: null,
  waiting: null,
  cacheUse: null,
  calls: 3,
  failures: 0,
  lastFault: null,
};

describe("how a target stands", () => {
  it("is said in words, the worst first", () => {
    const words = (change: Partial<TargetStateView>) => targetWords({ ...target, ...change }).words;
    expect(words({})).toBe("Answers");
    expect(words({ calls: 0 })).toBe("Not asked yet");
    expect(words({ coolingForMs: 12_400 })).toBe("Cooling, 13 s");
    expect(words({ coolingForMs: 300 })).toBe("Cooling, 1 s");
    expect(words({ breaker: "open", coolingForMs: 9_000 })).toBe("Left out, 9 s");
    expect(words({ breaker: "half_open", coolingForMs: 9_000 })).toBe("On trial");
  });

  it("names the latest failure as a person would, and unknown ones as they are", () => {
    expect(faultWords("connect_failed")).toBe("could not be reached");
    expect(faultWords("status 503")).toBe("answered with status 503");
    expect(faultWords("odd_thing")).toBe("odd thing");
  });
});

describe("durations", () => {
  it("are short and exact enough", () => {
    expect([4.4, 999, 1_400, 45_600, 150_000].map(durationWords)).toEqual([
      "4 ms",
      "999 ms",
      "1.4 s",
      "46 s",
      "3 min",
    ]);
  });
});

describe("a model's policy", () => {
  it("is named only where there is a choice", () => {
    const model: RouterState["models"][number] = {
      name: "mini",
      label: "Mini",
      kind: "chat",
      aliases: [],
      policy: "weighted",
      fallbacks: [],
      isContinued: true,
      targets: [target],
    };
    expect(policyWords(model)).toBeNull();
    expect(policyWords({ ...model, targets: [target, target] })).toBe("places by their weights");
  });
});

describe("an upstream's health", () => {
  it("is unknown, not well, where nobody looked; a missing token comes first", () => {
    const upstream: RouterState["upstreams"][number] = {
      name: "east",
      kind: "azure",
      baseUrl: "https://east.example.org",
      credential: "entra_id",
      isHealthy: null,
      credentialError: null,
      modelErrors: [],
      servedModels: null,
      missingModels: [],
    };
    expect(healthWords(upstream).words).toBe("Not checked");
    expect(healthWords({ ...upstream, isHealthy: true }).words).toBe("Well");
    expect(healthWords({ ...upstream, isHealthy: false }).words).toBe("Unwell");
    expect(healthWords({ ...upstream, isHealthy: true, credentialError: "refused" })).toMatchObject({
      tone: "danger",
      words: "No token",
    });
    const modelErrors = [{ model: "e5", reason: "vouch.yaml:3: there is no directory /models/e5" }];
    expect(healthWords({ ...upstream, modelErrors })).toMatchObject({ tone: "danger", words: "Not usable" });
  });
});
