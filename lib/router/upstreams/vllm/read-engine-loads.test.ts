import { expect, test } from "vitest";
import { readEngineLoads } from "./read-engine-loads.ts";

const page = (...lines: string[]) => `${lines.join("\n")}\n`;

test("running, waiting and cache use are read per model", () => {
  const text = page(
    "# HELP vllm:num_requests_running Number of requests in model execution batches.",
    "# TYPE vllm:num_requests_running gauge",
    'vllm:num_requests_running{engine="0",model_name="llama"} 7.0',
    "# TYPE vllm:num_requests_waiting gauge",
    'vllm:num_requests_waiting{engine="0",model_name="llama"} 3.0 1700000000000',
    'vllm:kv_cache_usage_perc{engine="0",model_name="llama"} 0.25',
    'vllm:request_success_total{engine="0",finished_reason="stop",model_name="llama"} 12',
  );
  const { byModel, total } = readEngineLoads(text);
  expect(total).toEqual({ running: 7, waiting: 3, cacheUse: 0.25 });
  expect(byModel.get("llama")).toEqual(total);
});

test("the engines of a server are added up, their caches averaged", () => {
  const text = page(
    'vllm:num_requests_running{engine="0",model_name="m"} 1',
    'vllm:num_requests_running{engine="1",model_name="m"} 4',
    'vllm:num_requests_waiting{engine="1",model_name="m"} 2',
    'vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.2',
    'vllm:kv_cache_usage_perc{engine="1",model_name="m"} 0.6',
  );
  expect(readEngineLoads(text).total).toEqual({ running: 5, waiting: 2, cacheUse: 0.4 });
});

test("the cache's old name is understood, and counts only where the new one is missing", () => {
  const old = page("vllm:num_requests_running 1", 'vllm:gpu_cache_usage_perc{model_name="m"} 0.5');
  expect(readEngineLoads(old).byModel.get("m")?.cacheUse).toBe(0.5);
  const both = page(old.trim(), 'vllm:kv_cache_usage_perc{model_name="m"} 0.3');
  expect(readEngineLoads(both).byModel.get("m")?.cacheUse).toBe(0.3);
});

test("names that begin alike, comments, broken values and other pages are passed over", () => {
  const text = page(
    'vllm:num_requests_waiting_by_reason{reason="capacity",model_name="m"} 9',
    "# vllm:num_requests_waiting 8",
    'vllm:num_requests_waiting{model_name="m"} NaN',
    'vllm:num_requests_waiting{model_name="m"} -1',
    'vllm:num_requests_waiting{model_name="m"}',
  );
  expect(readEngineLoads(text).total).toBeUndefined();
  expect(readEngineLoads("<html>").total).toBeUndefined();
  expect(readEngineLoads("").total).toBeUndefined();
});

test("quoted names may hold quotes, brackets and commas", () => {
  const text = page(String.raw`vllm:num_requests_running{model_name="a\"},b=\\c",engine="0"} 2`);
  expect([...readEngineLoads(text).byModel]).toEqual([
    [String.raw`a"},b=\c`, { running: 2, waiting: 0, cacheUse: undefined }],
  ]);
});

test("CRLF and a last line without an end are read", () => {
  const text = 'vllm:num_requests_running{model_name="m"} 2\r\nvllm:num_requests_waiting{model_name="m"} 5';
  expect(readEngineLoads(text).total).toEqual({ running: 2, waiting: 5, cacheUse: undefined });
});
