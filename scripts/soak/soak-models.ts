/** A model of the soak: what it is called, and what it says when all goes well. */
export interface SoakModel {
  readonly name: string;
  /** Plan of the scripted upstream by which it behaves unless it is told a fault. */
  readonly plan: string;
  readonly kind: "chat" | "embedding";
}

/** What the models of the soak do; each stands at both upstreams. */
export const SOAK_MODELS: readonly SoakModel[] = [
  { name: "quick", plan: "mock_t5_i2_n30", kind: "chat" },
  { name: "steady", plan: "mock_t60_i15_n40_prose", kind: "chat" },
  { name: "slow", plan: "mock_t400_i30_n30", kind: "chat" },
  { name: "thinking", plan: "mock_t20_i10_n20_reasoning", kind: "chat" },
  { name: "calling", plan: "mock_t20_i10_n12_tool", kind: "chat" },
  { name: "filtered", plan: "mock_t20_i5_n20_azf", kind: "chat" },
  { name: "torn", plan: "mock_t10_i5_n8_utf", kind: "chat" },
  { name: "large", plan: "mock_t10_big1", kind: "chat" },
  { name: "whole", plan: "d40", kind: "chat" },
  { name: "vectors", plan: "mock_d5", kind: "embedding" },
];

/** Faults put upon a model's plan for its next calls. */
export const FAULTS: readonly string[] = [
  "rst3",
  "rst0",
  "end4",
  "fin5",
  "err2",
  "brk4",
  "stall3",
  "stall0",
  "bad",
  "noDone",
  "doneOnly",
  "e429_ra80",
  "e500",
  "e503",
  "e529",
  "e408",
  "e400",
  "html",
];

/** Name a model has at an upstream: both upstreams have all models, under names of their own. */
export function upstreamModel({ plan, name }: SoakModel, upstream: string): string {
  return `${plan}_${name}_${upstream}`;
}

/** The configuration: each model at both upstreams, short waits, limits that count everything and refuse nothing. */
export function soakConfiguration(urls: Readonly<Record<string, string>>): string {
  const upstreams = Object.entries(urls).map(
    ([name, url]) => `  ${name}: { kind: ${name === "b" ? "vllm" : "openai"}, baseUrl: "${url}/v1" }`,
  );
  const models = SOAK_MODELS.map((model) => {
    const targets = Object.keys(urls).map(
      (upstream) => `{ upstream: ${upstream}, upstreamModel: ${upstreamModel(model, upstream)} }`,
    );
    const price = "{ input: 2, cachedInput: 1, output: 10 }";
    return `  - { name: ${model.name}, kind: ${model.kind}, price: ${price}, targets: [${targets.join(", ")}] }`;
  });
  const limits =
    "{ requestsPerMinute: 1000000, tokensPerMinute: 1000000000, concurrentStreams: 10000, monthlyBudget: 1000000 }";
  return `upstreams:
${upstreams.join("\n")}
models:
${models.join("\n")}
timeouts: { connectMs: 1000, firstTokenMs: 1500, betweenTokensMs: 800, totalMs: 20000 }
retries: { max: 2, baseMs: 20, maxWaitMs: 300 }
breaker: { failures: 5, openMs: 300, maxOpenMs: 1000 }
limits: { organisation: ${limits}, user: ${limits}, key: ${limits} }
`;
}
