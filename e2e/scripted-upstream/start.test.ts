import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ScriptedUpstream, startScriptedUpstream } from "./start.ts";

let upstream: ScriptedUpstream;
let client: OpenAI;

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  client = new OpenAI({ apiKey: "any", baseURL: `${upstream.url}/v1`, maxRetries: 0 });
});
beforeEach(() => upstream.ledger.clear());
afterAll(() => upstream.close());

const question = { role: "user", content: "hello" } as const;

async function textOf(model: string, messages: OpenAI.ChatCompletionMessageParam[]): Promise<string> {
  const streamed = await client.chat.completions.create({ model, messages, stream: true });
  let text = "";
  for await (const chunk of streamed) text += chunk.choices[0]?.delta.content ?? "";
  const whole = await client.chat.completions.create({ model, messages });
  expect(whole.choices[0]?.message.content).toBe(text);
  return text;
}

describe("an answer begun elsewhere", () => {
  const whole = "tok0 tok1 tok2 tok3 tok4 tok5 tok6 tok7 ";
  const begun = (content: string) => [question, { role: "assistant", content } as const];

  test("goes on exactly where it stopped, also inside a word", async () => {
    expect(await textOf("mock_n8", begun("tok0 tok1 "))).toBe("tok2 tok3 tok4 tok5 tok6 tok7 ");
    expect(await textOf("mock_n8", begun("tok0 to"))).toBe("k1 tok2 tok3 tok4 tok5 tok6 tok7 ");
  });

  test("is told again, repeats its end, announces itself, or turns another way, as the flags say", async () => {
    const partial = begun("tok0 tok1 tok2 tok3 tok4 ");
    expect(await textOf("mock_n8_contRestart", partial)).toBe(whole);
    expect(await textOf("mock_n8_contRepeat", partial)).toBe("tok1 tok2 tok3 tok4 tok5 tok6 tok7 ");
    const preamble = "Certainly, continuing from where I stopped: ";
    expect(await textOf("mock_n8_contPreamble", partial)).toBe(`${preamble}tok5 tok6 tok7 `);
    expect(await textOf("mock_n8_contPreambleRepeat", partial)).toBe(
      `${preamble}tok1 tok2 tok3 tok4 tok5 tok6 tok7 `,
    );
    expect(await textOf("mock_n8_contDiverge", partial)).toMatch(/^tok0 .* on second thoughts/);
  });

  test("in sentences repeats the last one, whole or not", async () => {
    const prose = await textOf("mock_prose_n60", [question]);
    const sentences = prose.match(/[^.]+\.\s?/g) ?? [];
    const [first = "", second = ""] = sentences;
    const cut = first + second.slice(0, 12);
    expect(cut + (await textOf("mock_prose_n60", begun(cut)))).toBe(prose);
    expect(first + (await textOf("mock_prose_n60_contRepeat", begun(cut)))).toBe(prose);
  });

  test("of /completions goes on after the prompt that ends with it", async () => {
    const answer = await client.completions.create({ model: "mock_n4", prompt: "Say it: tok0 tok1 " });
    expect(answer.choices[0]?.text).toBe("tok2 tok3 ");
  });
});

describe("the interfaces", () => {
  test("text completions stream and come whole, with logprobs and several choices", async () => {
    const body = { model: "mock_n3", prompt: "a b", n: 2, logprobs: 1 } as const;
    const whole = await client.completions.create(body);
    expect(whole.choices.map(({ text }) => text)).toEqual(["tok0 tok1 tok2 ", "tok0c1 tok1c1 tok2c1 "]);
    expect(whole.choices[0]?.logprobs?.tokens).toHaveLength(3);
    expect(whole.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 6 });
    const texts = ["", ""];
    for await (const chunk of await client.completions.create({ ...body, stream: true }))
      for (const { index, text } of chunk.choices) texts[index] += text;
    expect(texts).toEqual(whole.choices.map(({ text }) => text));
  });

  test("responses stream and come whole, with calls of functions", async () => {
    const whole = await client.responses.create({ model: "mock_n3", input: "a b" });
    expect([whole.output_text, whole.usage?.output_tokens]).toEqual(["tok0 tok1 tok2 ", 3]);
    const stream = client.responses.stream({ model: "mock_n3_tool", input: "a b" });
    const { output, output_text } = await stream.finalResponse();
    expect(output_text).toBe("tok0 tok1 tok2 ");
    expect(output.filter(({ type }) => type === "function_call")).toMatchObject([
      { name: "look_up", arguments: '{"name":"x"}' },
      { name: "look_up", arguments: '{"name":"x"}' },
    ]);
  });

  test("chat answers in the schema asked for, calls the tool required, counts images, gives logprobs", async () => {
    const schema = {
      type: "object",
      properties: { name: { type: "string" }, count: { type: "integer", minimum: 3 } },
    };
    const structured = await client.chat.completions.create({
      model: "scripted-chat",
      messages: [question],
      response_format: { type: "json_schema", json_schema: { name: "thing", schema } },
    });
    expect(JSON.parse(structured.choices[0]?.message.content ?? "")).toEqual({ name: "x", count: 3 });
    const parameters = { type: "object", properties: { city: { type: "string" } } };
    const called = await client.chat.completions.create({
      model: "mock_n3",
      messages: [question],
      tools: [{ type: "function", function: { name: "weather", parameters } }],
      tool_choice: "required",
    });
    expect(called.choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: { content: null, tool_calls: [{ function: { name: "weather", arguments: '{"city":"x"}' } }] },
    });
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } } as const;
    const seen = await client.chat.completions.create({
      model: "mock_n3",
      messages: [{ role: "user", content: [{ type: "text", text: "two words" }, image] }],
      logprobs: true,
    });
    expect(seen.usage?.prompt_tokens).toBe(2 + 85);
    expect(seen.choices[0]?.logprobs?.content?.map(({ token }) => token)).toEqual([
      "tok0 ",
      "tok1 ",
      "tok2 ",
    ]);
    expect(upstream.ledger.entries.at(-1)).toMatchObject({ images: 1, tokensSent: 3 });
  });

  test("reranks by shared words", async () => {
    const answer = await fetch(`${upstream.url}/v1/rerank`, {
      method: "POST",
      body: JSON.stringify({
        model: "rerank",
        query: "red pump",
        documents: ["a lease", "the red pump", "a pump"],
        top_n: 2,
        return_documents: true,
      }),
    });
    expect(await answer.json()).toMatchObject({
      results: [
        { index: 1, relevance_score: 1, document: { text: "the red pump" } },
        { index: 2, relevance_score: 0.5, document: { text: "a pump" } },
      ],
      usage: { total_tokens: 13 },
    });
  });

  test("says of itself what vLLM says, as told", async () => {
    Object.assign(upstream.vllm, {
      running: 3,
      waiting: 2,
      cacheUse: 0.5,
      models: [{ id: "base" }, { id: "fine", parent: "base" }],
    });
    const metrics = await (await fetch(`${upstream.url}/metrics`)).text();
    expect(metrics).toContain('vllm:num_requests_running{engine="0",model_name="base"} 3.000000');
    expect(metrics).toContain('vllm:kv_cache_usage_perc{engine="0",model_name="base"} 0.500000');
    const models = (await (await fetch(`${upstream.url}/v1/models`)).json()) as { data: { id: string }[] };
    expect(models.data.map(({ id }) => id)).toEqual(["base", "fine"]);
    expect((await fetch(`${upstream.url}/health`)).status).toBe(200);
    upstream.vllm.isHealthy = false;
    expect((await fetch(`${upstream.url}/health`)).status).toBe(503);
  });
});

describe("faults", () => {
  const call = () => client.chat.completions.create({ model: "mock_n2", messages: [question] });

  test("can be told and taken back while it runs", async () => {
    upstream.setFault("mock_n2", "mock_n2_e503_f1");
    await expect(call()).rejects.toMatchObject({ status: 503 });
    expect((await call()).choices[0]?.finish_reason).toBe("stop");
    upstream.setFault("mock_n2", "mock_cff");
    expect((await call()).choices[0]?.finish_reason).toBe("content_filter");
    upstream.clearFault("mock_n2");
    expect((await call()).choices[0]?.finish_reason).toBe("stop");
  });

  test("name their waits in every way", async () => {
    const refused = await fetch(`${upstream.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "mock_e429_rad2_msra1500_spill", messages: [question] }),
    });
    expect(refused.headers.get("x-ms-retry-after-ms")).toBe("1500");
    expect(refused.headers.get("x-ms-is-spilled-over")).toBe("true");
    const waitMs = Date.parse(refused.headers.get("retry-after") ?? "") - Date.now();
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(2_000);
  });
});

test("the ledger's totals hold every call by how it ended, however few it keeps", async () => {
  const small = await startScriptedUpstream({ maxEntries: 10, isCompact: true });
  const ask = async (model: string, leaveAfter = Number.POSITIVE_INFINITY) => {
    const left = new AbortController();
    const answer = await fetch(`${small.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model, messages: [question], stream: true }),
      signal: left.signal,
    });
    let pieces = 0;
    try {
      for await (const _ of answer.body ?? []) if (++pieces >= leaveAfter) left.abort();
    } catch {
      // Cut by the script or by the test.
    }
  };
  for (let round = 0; round < 30; round += 1) await ask("mock_n2");
  await ask("mock_i20_n9_rst3");
  await ask("mock_i50_n99", 1);
  await expect.poll(() => small.ledger.totals().mock_i50_n99?.aborted.calls).toBe(1);
  expect(small.ledger.totals()).toMatchObject({
    mock_n2: { complete: { calls: 30, tokensSent: 60, promptTokens: 30 }, aborted: { calls: 0 } },
    mock_i20_n9_rst3: { broken: { calls: 1, tokensSent: 3 } },
  });
  expect(small.ledger.entries.length).toBeLessThanOrEqual(11);
  expect(small.ledger.entries.at(-1)).toMatchObject({ body: null, headers: {} });
  await small.close();
});

test("a killed upstream resets its streams and takes no more connections", async () => {
  const mortal = await startScriptedUpstream();
  const answer = await fetch(`${mortal.url}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "mock_i20_n500", messages: [question], stream: true }),
  });
  const reader = answer.body?.getReader();
  await reader?.read();
  mortal.kill();
  await expect(
    (async () => {
      while (!(await reader?.read())?.done);
    })(),
  ).rejects.toThrow();
  await expect(fetch(`${mortal.url}/health`)).rejects.toThrow();
  expect(mortal.openConnections()).toBe(0);
  expect(mortal.ledger.entries[0]).toMatchObject({ isBroken: true, isAborted: false });
  await mortal.close();
});
