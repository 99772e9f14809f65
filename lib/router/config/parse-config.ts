import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { ConfigError, type ConfigFault, formatPath } from "./config-error.ts";
import { type ConfigFile, configFileSchema } from "./config-schema.ts";
import { resolveConfig } from "./resolve-config.ts";
import type { RouterConfig } from "./router-config.ts";

/** Where a text comes from and how its references are read. */
export interface ParseConfigOptions {
  /** Name shown in errors. */
  readonly file: string;
  /** Value of an environment variable, undefined when unset. */
  readonly readSecret: (name: string) => string | undefined;
  readonly nowMs?: number;
}

/**
 * Reads a configuration; an empty text gives the built-in models only.
 *
 * @throws ConfigError with one line, `file:line: field: what is wrong`.
 */
export function parseConfig(text: string, options: ParseConfigOptions): RouterConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const { line } = lines.linePos(broken.pos[0]);
    throw new ConfigError(`${options.file}:${line}: ${broken.message.split("\n")[0]}`);
  }
  const placeOf = (path: ConfigFault["path"]) => {
    const place = `${options.file}:${lineOf(document, lines, path)}`;
    return path.length === 0 ? place : `${place}: ${formatPath(path)}`;
  };
  const refuse = ({ path, message }: ConfigFault): never => {
    throw new ConfigError(`${placeOf(path)}: ${message}`);
  };
  const parsed = configFileSchema.safeParse(document.toJS() ?? {});
  if (!parsed.success) return refuse(firstFault(parsed.error, document));
  return resolveConfig(parsed.data satisfies ConfigFile, { ...options, refuse, placeOf });
}

function firstFault(error: z.ZodError, document: Document): ConfigFault {
  const issue = error.issues[0];
  if (issue === undefined) return { path: [], message: "is not valid" };
  const path = issue.path.filter((part) => typeof part !== "symbol");
  if (issue.code === "unrecognized_keys") {
    return { path: [...path, issue.keys[0] ?? ""], message: "is no known field" };
  }
  if (issue.code === "invalid_key") {
    return { path, message: issue.issues[0]?.message ?? "is not a valid name" };
  }
  if (path.length > 0 && !document.hasIn(path)) return { path, message: "is missing" };
  return { path, message: issue.message.replace(/^Invalid input: /, "") };
}

/** Line of the value at the path, or of the deepest thing above it that exists. */
function lineOf(document: Document, lines: LineCounter, path: readonly (string | number)[]): number {
  const last = path.at(-1);
  if (last === undefined) return 1;
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    // The key's own line: a value may begin on the next one.
    const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(last));
    if (pair !== undefined && isNode(pair.key) && pair.key.range)
      return lines.linePos(pair.key.range[0]).line;
  }
  const node = document.getIn(path, true);
  if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  if (isNode(parent) && parent.range) return lines.linePos(parent.range[0]).line;
  return lineOf(document, lines, path.slice(0, -1));
}
