import { isJsonObject, type JsonObject } from "../http/read-json-body.ts";

/** What an upstream says about its own answer; read from chunks, events or whole answers alike. */
export class AnswerReader {
  model: string | undefined;
  id: string | undefined;
  readonly finishReasons: string[] = [];

  read(json: JsonObject): void {
    // Events of the Responses interface carry the response inside.
    const answer = isJsonObject(json.response) ? json.response : json;
    this.model ??= nonEmpty(answer.model);
    this.id ??= nonEmpty(answer.id);
    if (Array.isArray(json.choices)) {
      for (const choice of json.choices) {
        const reason = isJsonObject(choice) ? nonEmpty(choice.finish_reason) : undefined;
        if (reason !== undefined) this.finishReasons.push(reason);
      }
    } else if (Array.isArray(answer.output) && answer.status !== "in_progress") {
      const status = nonEmpty(answer.status);
      if (status !== undefined) this.finishReasons.push(status);
    }
  }
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
