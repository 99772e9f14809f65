import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { sendJson } from "./send-json.ts";

/** What arrives when this body is sent. */
async function received(body: Buffer | string): Promise<{ bytes: Buffer; length: string | undefined }> {
  const server = createServer((_request, response) => sendJson(response, 200, body));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const answer = await new Promise<{ bytes: Buffer; length: string | undefined }>((resolve, reject) => {
    get({ port, host: "127.0.0.1", agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("end", () =>
        resolve({ bytes: Buffer.concat(pieces), length: response.headers["content-length"] }),
      );
    }).on("error", reject);
  });
  await new Promise((resolve) => server.close(resolve));
  return answer;
}

test("every byte of a body arrives as it was, in small and large answers", async () => {
  const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const bodies = [
    every,
    Buffer.from('{"text":"é漢😀"}'),
    Buffer.concat(Array.from({ length: 200 }, () => every)),
    Buffer.alloc(0),
  ];
  for (const body of bodies) {
    const { bytes, length } = await received(body);
    expect(bytes.equals(body)).toBe(true);
    expect(length).toBe(String(body.length));
  }
  expect((await received("é漢😀")).bytes.toString("utf8")).toBe("é漢😀");
});
