import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("the scripted upstream runs as a process, prints its address, keeps a ledger and ends on SIGTERM", async () => {
  const child = spawn(process.execPath, [fileURLToPath(new URL("run.ts", import.meta.url)), "--port", "0"]);
  try {
    const [line] = await once(child.stdout, "data");
    const { url, baseUrl } = JSON.parse(String(line));
    const body = JSON.stringify({ model: "mock_n2", messages: [{ role: "user", content: "hi" }] });
    const answer = await fetch(`${baseUrl}/chat/completions`, { method: "POST", body });
    expect((await answer.json()).choices[0].message.content).toBe("tok0 tok1 ");
    const ledger = await (await fetch(`${url}/ledger`)).json();
    expect(ledger).toMatchObject([
      { model: "mock_n2", path: "/v1/chat/completions", isComplete: true, promptTokens: 1 },
    ]);
    expect(await (await fetch(`${url}/ledger`, { method: "DELETE" })).json()).toEqual([]);
  } finally {
    child.kill("SIGTERM");
  }
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
});
