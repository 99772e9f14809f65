/**
 * Inner products of one 16-bit vector with many 8-bit ones, in WebAssembly with SIMD: JavaScript itself takes ten
 * times as long, and the embedded database, compiled without SIMD, twenty. The module is small enough to be written
 * down instruction by instruction.
 *
 * `dot(codes, count, stride, query, out)`: addresses in bytes; `stride` (bytes of a row) is a multiple of 16; for each
 * of the `count` rows one 32-bit sum is written to `out`.
 */
export type DotKernel = (codes: number, count: number, stride: number, query: number, out: number) => void;

const CODES = 0;
const COUNT = 1;
const STRIDE = 2;
const QUERY = 3;
const OUT = 4;
const OFFSET = 5;
const SUM = 6;

const I32 = 0x7f;
const V128 = 0x7b;
const I32_ADD = 0x6a;
const I32_SUB = 0x6b;
const I32_LESS_UNSIGNED = 0x49;
const LOOP = [0x03, 0x40];
const END = 0x0b;
const BRANCH_IF = [0x0d, 0];
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const tee = (local: number) => [0x22, local];
/** A constant of 0 to 63. */
const constant = (value: number) => [0x41, value];
const simd = (operation: number, ...immediates: number[]) => [0xfd, ...leb(operation), ...immediates];
const LOAD_8_AS_16 = 0x01;
const LOAD = 0x00;
const V128_CONST = 0x0c;
const EXTRACT_LANE = 0x1b;
const I32X4_ADD = 0xae;
const I32X4_DOT = 0xba;

/** Unsigned LEB128. */
function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const more = rest > 127;
    bytes.push((rest & 127) | (more ? 128 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

/** Adds the products of eight positions, `at` positions after the offset, to the sum. */
function eightPositions(at: number): number[] {
  return [
    ...get(SUM),
    ...[...get(CODES), ...get(OFFSET), I32_ADD, ...simd(LOAD_8_AS_16, 0, at)],
    ...[...get(QUERY), ...get(OFFSET), ...get(OFFSET), I32_ADD, I32_ADD, ...simd(LOAD, 0, at * 2)],
    ...simd(I32X4_DOT),
    ...simd(I32X4_ADD),
    ...set(SUM),
  ];
}

function lane(index: number): number[] {
  return [...get(SUM), ...simd(EXTRACT_LANE, index)];
}

const rows = [
  ...LOOP,
  ...[...constant(0), ...set(OFFSET), ...simd(V128_CONST, ...new Array<number>(16).fill(0)), ...set(SUM)],
  ...LOOP,
  ...eightPositions(0),
  ...eightPositions(8),
  ...[...get(OFFSET), ...constant(16), I32_ADD, ...tee(OFFSET), ...get(STRIDE), I32_LESS_UNSIGNED],
  ...BRANCH_IF,
  END,
  ...[...get(OUT), ...lane(0), ...lane(1), I32_ADD, ...lane(2), I32_ADD, ...lane(3), I32_ADD, 0x36, 2, 0],
  ...[...get(CODES), ...get(STRIDE), I32_ADD, ...set(CODES)],
  ...[...get(OUT), ...constant(4), I32_ADD, ...set(OUT)],
  ...[...get(COUNT), ...constant(1), I32_SUB, ...tee(COUNT), ...BRANCH_IF],
  END,
  END,
];

function section(id: number, content: readonly number[]): number[] {
  return [id, ...leb(content.length), ...content];
}

function name(text: string): number[] {
  return [text.length, ...Buffer.from(text)];
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const body = [2, 1, I32, 1, V128, ...rows];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 5, I32, I32, I32, I32, I32, 0]),
    ...section(2, [1, ...name("host"), ...name("memory"), 2, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name("dot"), 0, 0]),
    ...section(10, [1, ...leb(body.length), ...body]),
  ]);
}

/** The kernel over a memory. */
export function createDotKernel(memory: WebAssembly.Memory): DotKernel {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()), { host: { memory } });
  return instance.exports.dot as DotKernel;
}
