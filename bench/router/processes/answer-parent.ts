/** What a process of the bench answers, by the name of the question. */
export type Answers = Readonly<Record<string, (detail: never) => unknown>>;

/** Answers the parent's questions, and ends when the parent is gone. */
export function answerParent(answers: Answers): void {
  process.on("message", async (message: { id: number; question: string; detail: never }) => {
    const { id, question, detail } = message;
    try {
      const answer = answers[question];
      if (answer === undefined) throw new Error(`nobody here answers "${question}"`);
      process.send?.({ type: "answer", id, value: await answer(detail) });
    } catch (error) {
      process.send?.({ type: "answer", id, error: error instanceof Error ? error.message : String(error) });
    }
  });
  process.on("disconnect", () => process.exit(0));
  process.on("SIGTERM", () => process.exit(0));
}

/** Tells the parent that this process is ready. */
export function sendReady(facts: Readonly<Record<string, unknown>> = {}): void {
  process.send?.({ type: "ready", ...facts });
}

/** Tells the parent that something happened. */
export function sendEvent(event: string): void {
  process.send?.({ type: "event", event });
}
