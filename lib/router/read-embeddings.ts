import { isJsonObject, type JsonObject } from "./http/read-json-body.ts";

/**
 * The vectors of an embeddings answer in the order of the inputs; undefined unless there is exactly one for each, all
 * of one length and of finite numbers. Takes lists of numbers and base64 of little-endian 32-bit floats.
 */
export function readEmbeddings(answer: JsonObject, count: number): Float32Array[] | undefined {
  if (!Array.isArray(answer.data) || answer.data.length !== count) return undefined;
  const vectors = new Map<number, Float32Array>();
  for (const [position, item] of answer.data.entries()) {
    if (!isJsonObject(item)) return undefined;
    const vector = readVector(item.embedding);
    if (vector === undefined) return undefined;
    vectors.set(typeof item.index === "number" ? item.index : position, vector);
  }
  const ordered = Array.from({ length: count }, (_, index) => vectors.get(index));
  const complete = ordered.filter((vector) => vector !== undefined);
  const dimensions = complete[0]?.length;
  const isSound = complete.length === count && complete.every((vector) => vector.length === dimensions);
  return isSound ? complete : undefined;
}

function readVector(value: unknown): Float32Array | undefined {
  if (typeof value === "string") return decodeVector(value);
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.every((number) => typeof number === "number" && Number.isFinite(number))
    ? Float32Array.from(value)
    : undefined;
}

function decodeVector(base64: string): Float32Array | undefined {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length === 0 || bytes.length % 4 !== 0) return undefined;
  const vector = Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
  return vector.every(Number.isFinite) ? vector : undefined;
}
