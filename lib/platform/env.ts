import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { parseAllowList } from "./outbound/allow-list.ts";

const optionalUrl = z.url().optional();

const flag = (defaultValue: boolean) =>
  z
    .enum(["0", "1", "true", "false"])
    .optional()
    .transform((value) => (value === undefined ? defaultValue : value === "1" || value === "true"));

/** Hosts permitted to addresses that people enter, although they are private. */
const allowList = z
  .string()
  .default("")
  .superRefine((text, context) => {
    try {
      parseAllowList(text);
    } catch (error) {
      context.addIssue({ code: "custom", message: error instanceof Error ? error.message : "is wrong" });
    }
  });

const wholeNumber = (minimum: number, maximum: number, defaultValue: number) =>
  z.coerce.number().int().min(minimum).max(maximum).default(defaultValue);

/** Every value the program reads from its environment; the defaults give the embedded mode. */
const environmentSchema = z.object({
  NODE_ENV: z.enum(["development", "production", "test"]).default("production"),
  /** Which processes run: everything one machine needs, or one role of a cluster. */
  VOUCH_ROLE: z.enum(["all", "web", "router", "worker"]).default("all"),
  PORT: wholeNumber(0, 65_535, 3000),
  /** Address to listen on; every interface by default is a choice for containers, so the default is loopback. */
  HOST: z.string().min(1).default("127.0.0.1"),
  /** The address people type, when a proxy stands in front; decides cookie security and absolute links. */
  PUBLIC_URL: optionalUrl,
  VOUCH_DATA_DIR: z.string().min(1).default(".data"),
  VOUCH_CONFIG: z.string().min(1).default("vouch.yaml"),
  /** PostgreSQL with pgvector; the embedded database when unset. */
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must start with postgres://")
    .optional(),
  UPSTASH_REDIS_REST_URL: optionalUrl,
  UPSTASH_REDIS_REST_TOKEN: z.string().min(1).optional(),
  /** Signs sessions and internal calls; made and kept in the data directory when unset. */
  VOUCH_SECRET: z.string().min(32, "must have at least 32 characters").optional(),
  /** E-mail address and password of the first administrator; made up when unset. */
  VOUCH_ADMIN_EMAIL: z.email().optional(),
  VOUCH_ADMIN_PASSWORD: z.string().min(10, "must have at least 10 characters").optional(),
  VOUCH_GUESTS: flag(true),
  /** `router`: chat calls /v1 of this program. `direct`: chat calls Azure OpenAI or OpenAI itself. */
  MODEL_ROUTE: z.enum(["router", "direct"]).default("router"),
  VOUCH_MODEL: z.string().min(1).optional(),
  AZURE_RESOURCE_NAME: z.string().min(1).optional(),
  AZURE_API_KEY: z.string().min(1).optional(),
  AZURE_API_VERSION: z.string().min(1).optional(),
  /** Where tokens of Microsoft Entra ID come from; Azure sets these by the same names on its own machines. */
  AZURE_AUTHORITY_HOST: z.url().default("https://login.microsoftonline.com"),
  AZURE_POD_IDENTITY_AUTHORITY_HOST: z.url().default("http://169.254.169.254"),
  IDENTITY_ENDPOINT: optionalUrl,
  IDENTITY_HEADER: z.string().min(1).optional(),
  OPENAI_API_KEY: z.string().min(1).optional(),
  OPENAI_BASE_URL: optionalUrl,
  /** Where traces go (OTLP over HTTP); without it nothing is traced. Further `OTEL_` values are OpenTelemetry's own. */
  OTEL_EXPORTER_OTLP_ENDPOINT: optionalUrl,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: optionalUrl,
  /** Share (0 to 1) of requests traced when the caller's trace does not decide. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  /** Milliseconds between word groups of the built-in answerer; 0 sends at once. */
  VOUCH_BUILTIN_PACE_MS: wholeNumber(0, 1000, 25),
  VOUCH_UPLOAD_LIMIT_MB: wholeNumber(1, 1024, 50),
  /** The server and the key that `vouch ingest` uses over HTTP. */
  VOUCH_SERVER: optionalUrl,
  VOUCH_API_KEY: z.string().min(1).optional(),
  /** Private hosts that may be fetched from, e.g. `wiki.example.org, 10.2.0.0/16:*`; public ones need no entry. */
  VOUCH_OUTBOUND_ALLOW: allowList,
  /** Set by the supervisor for its children; nobody else sets it. */
  VOUCH_DATABASE_SOCKET: z.string().min(1).optional(),
  VOUCH_COMMIT: z.string().min(1).optional(),
});

/** The parsed environment. */
export type Environment = z.infer<typeof environmentSchema> & {
  /** Absolute path of the data directory. */
  readonly dataDir: string;
  /** Version of the program, from package.json. */
  readonly version: string;
};

/** A value of the environment that cannot be used; its message is one line that names the value. */
export class EnvironmentError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "EnvironmentError";
  }
}

/**
 * Reads and checks an environment. Empty values count as unset.
 *
 * @throws EnvironmentError naming the first value that is wrong.
 */
export function parseEnvironment(source: Readonly<Record<string, string | undefined>>): Environment {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new EnvironmentError(`${issue?.path.join(".")}: ${issue?.message}`);
  }
  const environment = parsed.data;
  if (Boolean(environment.UPSTASH_REDIS_REST_URL) !== Boolean(environment.UPSTASH_REDIS_REST_TOKEN)) {
    throw new EnvironmentError("UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN: set both or neither");
  }
  return { ...environment, dataDir: resolve(environment.VOUCH_DATA_DIR), version: readVersion() };
}

function readVersion(): string {
  try {
    const manifest: unknown = JSON.parse(readFileSync(resolve("package.json"), "utf8"));
    return z.object({ version: z.string() }).parse(manifest).version;
  } catch {
    // Started from another folder (a bundle, a test): the version is for display only.
    return "0.0.0";
  }
}

let cached: Environment | undefined;

/** The environment of this process, parsed once. */
export function environment(): Environment {
  cached ??= parseEnvironment(process.env);
  return cached;
}

/** The value of a variable that a configuration file refers to as `${env:NAME}`; undefined when unset or empty. */
export function readReferencedSecret(name: string): string | undefined {
  return process.env[name] || undefined;
}

/** The environment for a child process: this process's own, with some values replaced. */
export function childEnvironment(replaced: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  return { ...process.env, ...replaced };
}
