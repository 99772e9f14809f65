/** What a stored answer is found by: its organisation, the epoch in which it was asked for, the hash of the request. */
export function answerKey(orgId: string, epoch: number, requestHash: string): string {
  return `${orgId}:${epoch}:${requestHash}`;
}

/** Whose answer a key finds, and from which epoch. */
export function readAnswerKey(key: string): { readonly orgId: string; readonly epoch: number } {
  const [orgId = "", epoch = "0"] = key.split(":", 2);
  return { orgId, epoch: Number(epoch) };
}
