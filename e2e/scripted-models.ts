import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where the program of the browser tests reads its router's configuration; tests may change it. */
export function configFile(): string {
  return join(tmpdir(), `vouch-e2e-${process.env.VOUCH_E2E_PORT ?? "3917"}.yaml`);
}

/** Models of the scripted upstream that the browser tests can choose, by label. */
export const SCRIPTED = {
  answering: "Scripted model",
  thinking: "Thinking model",
  cut: "Model that is cut off",
  busy: "Model asked too often",
  away: "Model that is away",
} as const;

/** Answers with 429 and asks to come back after so many seconds, longer than a router waits by itself. */
export const BUSY_SECONDS = 45;

/** The router's configuration for the browser tests. The name of an upstream model says what it does. */
export function scriptedConfig(baseUrl: string): string {
  const model = (name: string, label: string, more: string) =>
    `  - { name: ${name}, label: ${label}, kind: chat, ${more} }`;
  return [
    "upstreams:",
    `  scripted: { kind: openai, baseUrl: "${baseUrl}" }`,
    // The port of a service nobody runs: connections are refused at once.
    `  away: { kind: openai, baseUrl: "http://127.0.0.1:9/v1" }`,
    "models:",
    model(
      "scripted-chat",
      SCRIPTED.answering,
      "upstream: scripted, default: true, price: { input: 1, output: 2 }",
    ),
    model("thinking", SCRIPTED.thinking, "upstream: scripted, upstreamModel: chat_reasoning"),
    model("cut", SCRIPTED.cut, "upstream: scripted, upstreamModel: chat_rst4"),
    model("busy", SCRIPTED.busy, `upstream: scripted, upstreamModel: chat_e429_ras${BUSY_SECONDS}`),
    model("away", SCRIPTED.away, "upstream: away, upstreamModel: chat"),
    "",
  ].join("\n");
}
