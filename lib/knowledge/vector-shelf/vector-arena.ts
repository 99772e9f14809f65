import { createDotKernel, type DotKernel } from "./dot-kernel.ts";

const PAGE_BYTES = 65_536;
/** Blocks are of one size, so that freed ones serve any shelf. */
const BLOCK_BYTES = 16 * PAGE_BYTES;
/** The query, then the sums of one block, lie before the blocks. */
const QUERY_AT = 0;
export const DIMENSIONS_MAX = 4_096;
const SUMS_AT = DIMENSIONS_MAX * 2;
const BLOCKS_AT = 8 * PAGE_BYTES;
/** Codes are -127 to 127, a query's -2047 to 2047: 4,096 products stay within 32 bits. */
const QUERY_LEVELS = 2_047;
const CODE_LEVELS = 127;

/** Bytes of a row of this many dimensions: whole steps of the kernel. */
export function strideOf(dimensions: number): number {
  return Math.ceil(dimensions / 16) * 16;
}

/** The memory in which all vectors of a process stand as 8-bit codes. */
export class VectorArena {
  readonly #memory = new WebAssembly.Memory({ initial: BLOCKS_AT / PAGE_BYTES });
  readonly #dot: DotKernel = createDotKernel(this.#memory);
  readonly #free: number[] = [];
  readonly #bytesMax: number;
  #blocks = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Address of a new block; null when the arena is full. */
  takeBlock(): number | null {
    const freed = this.#free.pop();
    if (freed !== undefined) return freed;
    if ((this.#blocks + 1) * BLOCK_BYTES > this.#bytesMax) return null;
    this.#memory.grow(BLOCK_BYTES / PAGE_BYTES);
    this.#blocks += 1;
    return BLOCKS_AT + (this.#blocks - 1) * BLOCK_BYTES;
  }

  /** Gives blocks back; what stood there is wiped. */
  giveBack(blocks: readonly number[]): void {
    for (const block of blocks) {
      new Uint8Array(this.#memory.buffer, block, BLOCK_BYTES).fill(0);
      this.#free.push(block);
    }
  }

  /** Rows of a block. */
  rowsPerBlock(stride: number): number {
    return Math.floor(BLOCK_BYTES / stride);
  }

  /** Writes a vector as codes; the factor turns them into its values again. */
  writeCodes(vector: Float32Array, address: number): number {
    const codes = new Int8Array(this.#memory.buffer, address, strideOf(vector.length));
    return quantise(vector, codes, CODE_LEVELS);
  }

  /** Removes a row's codes. */
  wipeCodes(address: number, stride: number): void {
    new Int8Array(this.#memory.buffer, address, stride).fill(0);
  }

  /** Sets the vector that {@link sums} compares with; its factor. */
  writeQuery(vector: Float32Array): number {
    const target = new Int16Array(this.#memory.buffer, QUERY_AT, strideOf(vector.length));
    return quantise(vector, target, QUERY_LEVELS);
  }

  /** Inner products of the query with the rows of one block from an address on; overwritten by the next call. */
  sums(address: number, rows: number, stride: number): Int32Array {
    this.#dot(address, rows, stride, QUERY_AT, SUMS_AT);
    return new Int32Array(this.#memory.buffer, SUMS_AT, rows);
  }
}

function quantise(vector: Float32Array, target: Int8Array | Int16Array, levels: number): number {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  target.fill(0);
  if (!(largest > 0) || !Number.isFinite(largest)) return 0;
  const perUnit = levels / largest;
  for (let index = 0; index < vector.length; index += 1) {
    target[index] = Math.round((vector[index] ?? 0) * perUnit);
  }
  return largest / levels;
}
