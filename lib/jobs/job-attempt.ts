/** One attempt at a job: what settles it is ignored once another attempt has begun. */
export interface JobAttempt {
  readonly id: string;
  readonly retryCount: number;
}
