/** How a call of a local model can fail. */
export type ModelFaultKind =
  /** It cannot be loaded: something is missing or wrong on this machine. */
  | "unusable"
  /** Its process ended in the middle. */
  | "crashed"
  /** It could not do this one task. */
  | "failed"
  | "timeout"
  /** Too many calls wait already. */
  | "full"
  /** The caller left. */
  | "cancelled";

/** A failed call of a local model. The message is one line for administrators and never holds text of users. */
export class ModelFault extends Error {
  readonly kind: ModelFaultKind;

  constructor(kind: ModelFaultKind, message: string) {
    super(message);
    this.name = "ModelFault";
    this.kind = kind;
  }
}
