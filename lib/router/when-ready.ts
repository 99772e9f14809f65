/**
 * Goes on with a value: at once when it is there, otherwise when its promise has it. Requests come by thousands, and
 * nearly all of them find everything at hand: a turn through a promise for each step would cost more than the step.
 */
export function whenReady<Value>(
  value: Value | Promise<Value>,
  next: (value: Value) => void,
  fail: (error: unknown) => void,
): void {
  if (value instanceof Promise) value.then(next).catch(fail);
  else next(value);
}
