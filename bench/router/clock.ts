/** Microseconds between the zero of the machine's monotonic clock and that of `performance.now()`. */
const originMicros = findOrigin();

/** Now, in microseconds of the machine's monotonic clock: the same in every process, so that times can be compared. */
export function nowMicros(): number {
  return originMicros + performance.now() * 1000;
}

/** Both clocks tick alike; the closest of many pairs of readings is the one nothing came between. */
function findOrigin(): number {
  let origin = 0;
  let closest = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    const before = process.hrtime.bigint();
    const own = performance.now();
    const width = Number(process.hrtime.bigint() - before);
    if (width >= closest) continue;
    closest = width;
    origin = (Number(before) + width / 2) / 1000 - own * 1000;
  }
  return origin;
}
