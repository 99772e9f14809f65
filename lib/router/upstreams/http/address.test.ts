import { expect, test } from "vitest";
import { DEFAULT_TIMEOUTS, type HttpUpstreamConfig } from "../../config/router-config.ts";
import { callAddress } from "./address.ts";

const azure = (apiVersion: string): HttpUpstreamConfig => ({
  name: "azure",
  kind: "azure",
  baseUrl: "https://one.openai.azure.com",
  apiKey: "key",
  apiVersion,
  streamUsage: true,
  responses: "native",
  completions: "mapped",
  metricsIntervalMs: 0,
  timeouts: DEFAULT_TIMEOUTS,
});

test("Azure's dated surface names the deployment in the path, except for responses", () => {
  const pathOf = (endpoint: "chat/completions" | "responses") =>
    callAddress(azure("2025-04-01-preview"), endpoint, "gpt 5").path;
  expect(pathOf("chat/completions")).toBe(
    "/openai/deployments/gpt%205/chat/completions?api-version=2025-04-01-preview",
  );
  expect(pathOf("responses")).toBe("/openai/responses?api-version=2025-04-01-preview");
});

test("Azure's v1 surface names it in the body only", () => {
  expect(callAddress(azure("v1"), "responses", "gpt 5")).toEqual({
    path: "/openai/v1/responses",
    headers: ["api-key", "key"],
  });
});
