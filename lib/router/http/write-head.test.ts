import { afterAll, beforeAll, expect, test } from "vitest";
import { chatBody, postRaw } from "../test-client.ts";
import { startTestRouter, type TestRouter } from "../test-router.ts";

let router: TestRouter;
beforeAll(async () => {
  router = await startTestRouter({ models: ["mock_n3"] });
});
afterAll(() => router.close());

const ask = (body: object) => postRaw(`${router.baseUrl}/chat/completions`, body);

test("whole answers, streams and errors all carry the headers that keep browsers from using them", async () => {
  const answers = [
    await ask(chatBody("mock_n3")),
    await ask(chatBody("mock_n3", { stream: true })),
    await ask(chatBody("nobody")),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 404]);
  for (const { headers } of answers) {
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
    });
    expect(headers["cache-control"]).toMatch(/^no-(store|cache, no-transform)$/);
    expect(headers["x-request-id"]).toMatch(/./);
  }
});
