import { expect, test } from "vitest";
import { ConversationAffinity, conversationPrefixes } from "./conversation-affinity.ts";

const system = { role: "system", content: "You are brief." };
const turns = (count: number) => [
  system,
  ...Array.from({ length: count }, (_, index) => [
    { role: "user", content: `question ${index}` },
    { role: "assistant", content: `answer ${index}` },
  ]).flat(),
];
const ask = (count: number, question: string) => ({
  messages: [...turns(count), { role: "user", content: question }],
});

test("the next turn of a conversation is found by the turn before it", () => {
  const affinity = new ConversationAffinity();
  affinity.remember(conversationPrefixes("org/model", ask(0, "question 0")), "gpu-1/m");
  expect(affinity.find(conversationPrefixes("org/model", ask(1, "question 1")))).toBe("gpu-1/m");
  expect(affinity.find(conversationPrefixes("other/model", ask(1, "question 1")))).toBeUndefined();
  expect(affinity.find(conversationPrefixes("org/model", ask(0, "another question")))).toBeUndefined();
});

test("a common system prompt alone binds no conversation to another", () => {
  const affinity = new ConversationAffinity();
  affinity.remember(conversationPrefixes("org/model", ask(0, "one")), "gpu-1/m");
  expect(affinity.find(conversationPrefixes("org/model", ask(0, "two")))).toBeUndefined();
});

test("memory is bounded, and the beginning unused for longest goes first", () => {
  const affinity = new ConversationAffinity(3);
  for (const question of ["a", "b", "c"])
    affinity.remember(conversationPrefixes("s", ask(0, question)), question);
  affinity.remember(conversationPrefixes("s", ask(0, "a")), "a");
  affinity.remember(conversationPrefixes("s", ask(0, "d")), "d");
  expect(affinity.size).toBe(3);
  expect(affinity.find(conversationPrefixes("s", ask(0, "b")))).toBeUndefined();
  expect(affinity.find(conversationPrefixes("s", ask(0, "a")))).toBe("a");
});
