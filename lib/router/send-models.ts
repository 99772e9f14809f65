import type { ServerResponse } from "node:http";
import type { Principal } from "../identity/schema.ts";
import { familyOf, modelFamilies } from "./families/model-family.ts";
import { modelNotFound } from "./find-model.ts";
import { sendJson } from "./http/send-json.ts";
import { describeFamilyModel, describeModel, describeModels } from "./list-models.ts";
import type { RouterParts } from "./model-request.ts";

/**
 * Answers `GET /v1/models`, or with a name `GET /v1/models/{name}`.
 *
 * @throws ApiError 404, also as a rejection.
 */
export function sendModels(
  { response, requestId }: { readonly response: ServerResponse; readonly requestId: string },
  caller: Principal,
  encodedName: string | undefined,
  { config }: RouterParts,
): void | Promise<void> {
  const headers = { "x-request-id": requestId };
  const send = (answer: object) => sendJson(response, 200, JSON.stringify(answer), headers);
  if (encodedName === undefined) {
    const listed = describeModels(config);
    if (modelFamilies().length === 0) return send(listed);
    return listFamilies(caller).then((more) => send({ ...listed, data: [...listed.data, ...more] }));
  }
  const name = decodeName(encodedName);
  const family = familyOf(name);
  if (family !== undefined) {
    return family.find(caller, name).then((found) => {
      if (found === undefined) throw modelNotFound(name);
      send(describeFamilyModel(found));
    });
  }
  const model = describeModel(name, config);
  if (model === undefined) throw modelNotFound(name);
  return send(model);
}

async function listFamilies(caller: Principal) {
  const lists = await Promise.all(modelFamilies().map((family) => family.list(caller)));
  return lists.flat().map(describeFamilyModel);
}

function decodeName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    // A stray percent sign: no model is called so, and the answer is the usual 404.
    return encoded;
  }
}
