import { type PromptMessage, withoutMarkers } from "./build-prompt.ts";
import { dataOfPart, textOfParts } from "./message-parts.ts";
import type { PastTurn } from "./rewrite-question.ts";
import type { RetrievalData } from "./schema.ts";

/** A node of the tree, as the queries give it. */
export interface TreeMessage {
  readonly id: string;
  readonly parentId: string | null;
  readonly role: "user" | "assistant";
  readonly parts: readonly unknown[];
}

/** The messages from the root to a message, oldest first. Undefined when the message is not in the tree. */
export function pathTo<Message extends TreeMessage>(
  messages: readonly Message[],
  messageId: string,
): Message[] | undefined {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const path: Message[] = [];
  let current = byId.get(messageId);
  while (current !== undefined && path.length <= messages.length) {
    path.unshift(current);
    current = current.parentId === null ? undefined : byId.get(current.parentId);
  }
  return path.length === 0 ? undefined : path;
}

/** The turns of a path as a model sees them; answers without text (failed before their first word) are left out. */
export function toHistory(path: readonly TreeMessage[]): PromptMessage[] {
  return path
    .map((message) => ({ role: message.role, content: textOfParts(message.parts) }))
    .filter((message) => message.content.trim() !== "");
}

/** Questions, as they were searched, with their answers: what a follow-up is rewritten from. */
export function toTurns(path: readonly TreeMessage[]): PastTurn[] {
  const turns: PastTurn[] = [];
  for (const [index, message] of path.entries()) {
    if (message.role !== "user") continue;
    const answer = path[index + 1];
    const retrieval = answer && dataOfPart<RetrievalData>(answer.parts, "data-retrieval");
    turns.push({
      question: retrieval?.searchedQuestion ?? textOfParts(message.parts),
      answer: answer === undefined ? "" : withoutMarkers(textOfParts(answer.parts)),
    });
  }
  return turns;
}
