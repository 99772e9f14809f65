import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type ScriptedUpstream, startScriptedUpstream } from "../../e2e/scripted-upstream/start.ts";
import type { Principal } from "../identity/schema.ts";
import { AppError } from "../shared/errors.ts";
import { parseConfig } from "./config/parse-config.ts";
import { createRouter, type Router } from "./create-router.ts";
import type { Limiter } from "./limits/limiter.ts";
import type { UsageAttempt } from "./queries/usage-attempts.ts";
import type { RouterTracer } from "./tracing/request-trace.ts";

/** A router on a port of its own in front of a scripted upstream; for tests. */
export interface TestRouter {
  readonly url: string;
  /** With `/v1`, as clients want it. */
  readonly baseUrl: string;
  readonly upstream: ScriptedUpstream;
  /** The upstream `second`; the same one as `upstream` unless a second was asked for. */
  readonly upstream2: ScriptedUpstream;
  readonly router: Router;
  /** Rows of money in the order they were recorded. */
  readonly usage: UsageAttempt[];
  close(): Promise<void>;
}

/** The key the test router accepts. */
export const TEST_KEY = "vch_test";

const principal: Principal = {
  orgId: "01890000-0000-7000-8000-000000000001",
  userId: "01890000-0000-7000-8000-000000000002",
  name: "Test",
  email: null,
  role: "member",
  isGuest: false,
  via: "key",
  scopes: ["models"],
};

async function authenticateTest(headers: { authorization?: string | undefined }): Promise<Principal> {
  if (headers.authorization === undefined) throw new AppError("not_signed_in");
  if (headers.authorization !== `Bearer ${TEST_KEY}`) throw new AppError("invalid_api_key");
  return principal;
}

/** What a test router serves. */
export interface TestRouterOptions {
  /** Models of the upstream `scripted`, by the names that choose their faults. */
  readonly models?: readonly string[];
  /** Starts another scripted upstream, `second` in the configuration. */
  readonly second?: boolean;
  /** More of the configuration, in YAML; `UPSTREAM` and `UPSTREAM2` stand for the scripted upstreams' addresses. */
  readonly upstreams?: string;
  readonly modelEntries?: string;
  readonly timeouts?: string;
  /** More of the configuration beside those: retries, breaker, aliases, limits, continuation. */
  readonly settings?: string;
  /** Without one nothing is limited. */
  readonly tracer?: RouterTracer;
  readonly limiter?: Limiter;
}

/** Starts a scripted upstream and a router that knows it. */
export async function startTestRouter(options: TestRouterOptions = {}): Promise<TestRouter> {
  const upstream = await startScriptedUpstream();
  const upstream2 = options.second === true ? await startScriptedUpstream() : upstream;
  const models = (options.models ?? []).map(
    (name) =>
      `  - { name: ${name}, kind: chat, upstream: scripted, price: { input: 2, cachedInput: 1, output: 10 } }`,
  );
  const text = [
    `timeouts: { ${options.timeouts ?? ""} }`,
    "upstreams:",
    `  scripted: { kind: openai, baseUrl: UPSTREAM/v1, apiKey: '\${env:KEY}' }`,
    options.second === true ? `  second: { kind: openai, baseUrl: UPSTREAM2/v1, apiKey: '\${env:KEY}' }` : "",
    options.upstreams ?? "",
    "models:",
    "  - { name: scripted-embed, kind: embedding, upstream: scripted }",
    ...models,
    options.modelEntries ?? "",
    options.settings ?? "",
  ].join("\n");
  const config = parseConfig(
    text.replaceAll("UPSTREAM2", upstream2.url).replaceAll("UPSTREAM", upstream.url),
    {
      file: "vouch.yaml",
      readSecret: () => "upstream-key",
    },
  );
  const usage: UsageAttempt[] = [];
  const router = createRouter({
    config,
    authenticate: authenticateTest,
    tracer: options.tracer,
    builtinPaceMs: 1,
    ...(options.limiter === undefined ? {} : { limiter: options.limiter }),
    usage: { record: (row) => usage.push(row), size: 0, flush: async () => 0 },
  });
  const server = createServer(router.handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    baseUrl: `${url}/v1`,
    upstream,
    upstream2,
    router,
    usage,
    close: async () => {
      await router.close(0);
      await Promise.all([upstream.close(), upstream2.close()]);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Waits until a condition holds; fails after ten seconds. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
