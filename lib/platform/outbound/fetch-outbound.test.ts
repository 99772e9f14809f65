import type { ServerResponse } from "node:http";
import { createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchOutbound, type OutboundOptions, readContent } from "./fetch-outbound.ts";
import { startTestSite, type TestSite, testOutbound } from "./test-site.ts";

let site: TestSite;
/** Stands for whatever must not be reached. */
let inside: TestSite;
const pages: Record<string, (response: ServerResponse) => void> = {
  "/plain": (response) =>
    response.writeHead(200, { "content-type": "text/plain", etag: '"1"' }).end("plain words"),
  "/gzip": (response) =>
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("packed words")),
  "/bomb": (response) =>
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(200 * 1024 ** 2))),
  "/damaged": (response) => response.writeHead(200, { "content-encoding": "gzip" }).end("not packed at all"),
  "/twice": (response) => response.writeHead(200, { "content-encoding": "gzip, gzip" }).end("x"),
  "/declared": (response) => response.writeHead(200, { "content-length": "99999999" }).write("x"),
  "/endless": (response) => {
    response.writeHead(200);
    const send = () => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, "x")));
    };
    response.on("drain", send);
    send();
  },
  "/dripping": (response) => {
    response.writeHead(200).write("a");
    const timer = setInterval(() => response.write("b"), 20);
    response.on("close", () => clearInterval(timer));
  },
  "/silent": () => {},
  "/to-metadata": (response) =>
    response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" }).end(),
  "/to-inside": (response) =>
    response.writeHead(307, { location: `http://127.0.0.1:${inside.port}/secret` }).end(),
  "/to-file": (response) => response.writeHead(302, { location: "file:///etc/passwd" }).end(),
  "/to-nowhere": (response) => response.writeHead(302).end(),
  "/to-plain": (response) => response.writeHead(301, { location: "/plain" }).end(),
  "/loop": (response) => response.writeHead(302, { location: "/loop" }).end(),
  "/cut": (response) => {
    response.writeHead(200, { "content-length": "1000" }).write("half of it");
    setImmediate(() => response.destroy());
  },
};

beforeAll(async () => {
  inside = await startTestSite((_request, response) => response.end("secret"));
  site = await startTestSite((request, response) => {
    if (request.headers["if-none-match"] === '"1"') return void response.writeHead(304).end();
    const page = pages[request.url ?? ""];
    if (page === undefined) return void response.writeHead(404).end("nothing here");
    page(response);
  });
});
afterAll(async () => {
  await site.close();
  await inside.close();
});

const limits: OutboundOptions = { maxBytes: 1024 ** 2 };

function get(path: string, options: Partial<OutboundOptions> = {}) {
  const deps = testOutbound(`127.0.0.1:${site.port}`);
  return fetchOutbound(
    site.origin + path,
    { ...limits, ...options },
    async (response) => ({
      status: response.status,
      url: response.url.pathname,
      text: String(await readContent(response)),
    }),
    deps,
  );
}

describe("fetching from an address a person chose", () => {
  it("gives status, final address and unpacked content", async () => {
    expect(await get("/plain")).toEqual({ status: 200, url: "/plain", text: "plain words" });
    expect(await get("/gzip")).toMatchObject({ text: "packed words" });
    expect(await get("/to-plain")).toEqual({ status: 200, url: "/plain", text: "plain words" });
    expect(await get("/missing")).toMatchObject({ status: 404 });
    expect(await get("/plain", { etag: '"1"' })).toMatchObject({ status: 304, text: "" });
  });

  it("reaches nothing inside by way of a redirect", async () => {
    for (const path of ["/to-metadata", "/to-inside", "/to-file"]) {
      await expect(get(path)).rejects.toMatchObject({
        code: expect.stringMatching(/^url_(refused|invalid)$/),
      });
    }
    expect(inside.requests).toEqual([]);
  });

  it("asks before every hop, and follows no endless row of redirects", async () => {
    const hops: string[] = [];
    await get("/to-plain", { onHop: (url) => void hops.push(url.pathname) });
    expect(hops).toEqual(["/to-plain", "/plain"]);
    await expect(get("/loop")).rejects.toMatchObject({ code: "url_failed" });
    await expect(get("/to-nowhere")).rejects.toMatchObject({ code: "url_failed" });
  });

  it("stops at the limit, whether content is declared, endless or unpacks to too much", async () => {
    for (const path of ["/declared", "/endless", "/bomb"]) {
      await expect(get(path)).rejects.toMatchObject({ code: "url_too_large" });
    }
  });

  it("says that content is damaged, cut off or packed in an unknown way", async () => {
    await expect(get("/damaged")).rejects.toMatchObject({ code: "url_failed" });
    await expect(get("/twice")).rejects.toMatchObject({ code: "url_failed" });
    await expect(get("/cut")).rejects.toMatchObject({ code: "url_unreachable" });
  });

  it("gives up on a site that does not answer, or answers drop by drop", async () => {
    for (const path of ["/silent", "/dripping"]) {
      await expect(get(path, { timeoutMs: 200 })).rejects.toMatchObject({ code: "url_timeout" });
    }
  });

  it("ends with the caller's own reason when the caller ends it, and passes on a reader's error", async () => {
    const ended = new AbortController();
    const fetching = get("/silent", { signal: ended.signal });
    ended.abort(new Error("enough"));
    await expect(fetching).rejects.toThrow("enough");
    const deps = testOutbound(`127.0.0.1:${site.port}`);
    const failing = fetchOutbound(
      `${site.origin}/plain`,
      limits,
      () => Promise.reject(new Error("mine")),
      deps,
    );
    await expect(failing).rejects.toThrow("mine");
  });

  it("names a site that does not exist or does not listen", async () => {
    const read = async () => {};
    const noName = testOutbound("", () =>
      Promise.reject(Object.assign(new Error("no such name"), { code: "ENOTFOUND" })),
    );
    await expect(fetchOutbound("http://nowhere.example/", limits, read, noName)).rejects.toMatchObject({
      code: "url_unreachable",
      message: "There is no site of this name.",
    });
    const closed = await startTestSite(() => {});
    await closed.close();
    await expect(
      fetchOutbound(closed.origin, limits, read, testOutbound("127.0.0.1:*")),
    ).rejects.toMatchObject({ code: "url_unreachable" });
  });
});

describe("a name that leads inside", () => {
  const read = async () => "reached";
  const named = (addresses: readonly string[][], allow = "") => {
    let turn = 0;
    return testOutbound(allow, async () => {
      const found = addresses[Math.min(turn, addresses.length - 1)] ?? [];
      turn += 1;
      return found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    });
  };

  it("is refused when any of its addresses is private, in whatever form", async () => {
    for (const addresses of [
      ["127.0.0.1"],
      ["93.184.215.14", "10.0.0.1"],
      ["::ffff:127.0.0.1"],
      ["64:ff9b::7f00:1"],
    ]) {
      await expect(
        fetchOutbound(`http://harmless.example/`, limits, read, named([addresses])),
      ).rejects.toMatchObject({ code: "url_refused" });
    }
  });

  it("is looked up once a connection: what was checked is what is connected to", async () => {
    // Permitted the first time, inside from then on: a check beside the connection would pass and the connection go in.
    const lookups: string[] = [];
    const rebinding = testOutbound(`127.0.0.1:${site.port}`, async (host) => {
      lookups.push(host);
      return [{ address: lookups.length === 1 ? "127.0.0.1" : "127.0.0.2", family: 4 }];
    });
    const url = `http://rebinding.example:${site.port}/declared`;
    const status = fetchOutbound(
      url,
      { ...limits, maxBytes: 1e9 },
      async (answer) => answer.status,
      rebinding,
    );
    expect(await status).toBe(200);
    expect(lookups).toEqual(["rebinding.example"]);
    // The unread answer ended its connection; the next one asks again and is refused.
    await expect(fetchOutbound(url, limits, read, rebinding)).rejects.toMatchObject({ code: "url_refused" });
    expect(lookups).toHaveLength(2);
  });

  it("is reached when it is permitted, on the permitted port alone", async () => {
    const permitted = named([["127.0.0.1"]], `docs.corp.example:${site.port}`);
    const url = `http://docs.corp.example:${site.port}/plain`;
    expect(await fetchOutbound(url, limits, read, permitted)).toBe("reached");
    await expect(
      fetchOutbound(`http://docs.corp.example:${inside.port}/`, limits, read, permitted),
    ).rejects.toMatchObject({ code: "url_refused" });
  });
});

describe("a server that does not speak properly", () => {
  it("cannot fill memory with headers", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.write("HTTP/1.1 200 OK\r\n");
      const send = () => {
        while (!socket.destroyed && socket.write(`x-filler: ${"x".repeat(1_000)}\r\n`));
      };
      socket.on("drain", send);
      send();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await expect(
      fetchOutbound(`http://127.0.0.1:${port}/`, limits, async () => {}, testOutbound("127.0.0.1:*")),
    ).rejects.toMatchObject({ code: "url_failed", message: expect.stringContaining("headers") });
    await new Promise((resolve) => server.close(resolve));
  });
});
