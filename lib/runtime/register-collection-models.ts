import { registerModelFamily } from "../router/index.ts";

/** What the names of models of collections begin with. */
const PREFIX = "vouch/";

/**
 * Makes the collections that a caller may read models of `/v1`. The chat behind them is loaded when the first one is
 * asked for: a router that serves other models alone stays small.
 */
export function registerCollectionModels(): void {
  const chat = () => import("../chat/index.ts");
  registerModelFamily({
    prefix: PREFIX,
    list: async (caller) => (await chat()).listCollectionModels(caller),
    find: async (caller, name) => (await chat()).findCollectionModel(caller, name),
    serve: async (call) => (await chat()).answerAsCollection(call),
  });
}
