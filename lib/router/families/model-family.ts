import type { Principal } from "../../identity/schema.ts";
import type { JsonObject } from "../http/read-json-body.ts";

/** One model of a family, as `GET /v1/models` shows it. */
export interface FamilyModel {
  /** The name clients ask for, prefix included. */
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
}

/** A request for a model of a family; body and caller are checked, the rest of the body is the family's business. */
export interface FamilyCall {
  readonly caller: Principal;
  readonly name: string;
  readonly body: JsonObject;
  readonly requestId: string;
  /** Aborts when the client leaves or the program ends. */
  readonly signal: AbortSignal;
}

/** A whole chat completion, or the chunks of a streamed one. */
export type FamilyReply = { readonly json: object } | { readonly chunks: AsyncIterable<object> };

/**
 * Models that this program answers itself rather than an upstream, such as one for each collection. They are reserved
 * for and booked by the requests they make themselves, which carry the caller's principal.
 */
export interface ModelFamily {
  /** What the names of its models begin with, such as `vouch/`; configured names begin otherwise. */
  readonly prefix: string;
  /** The models the caller may use. */
  list(caller: Principal): Promise<readonly FamilyModel[]>;
  /** The model of this name, if the caller may use it. */
  find(caller: Principal, name: string): Promise<FamilyModel | undefined>;
  /** Answers a chat completion. Rejects AppError or ApiError when there is no answer. */
  serve(call: FamilyCall): Promise<FamilyReply>;
}

// The web process registers them; the page that shows models is served by Next's own copy of this module.
const holder = globalThis as typeof globalThis & { vouchModelFamilies?: ModelFamily[] };

/** Makes a family's models part of what the router of this process serves; one with the same prefix takes its place. */
export function registerModelFamily(family: ModelFamily): void {
  holder.vouchModelFamilies = [...modelFamilies().filter(({ prefix }) => prefix !== family.prefix), family];
}

/** The families of this process. */
export function modelFamilies(): readonly ModelFamily[] {
  return holder.vouchModelFamilies ?? [];
}

/** The family a name belongs to; undefined for names of the configuration. */
export function familyOf(name: unknown): ModelFamily | undefined {
  const families = holder.vouchModelFamilies;
  if (families === undefined || typeof name !== "string") return undefined;
  return families.find(({ prefix }) => name.startsWith(prefix));
}
