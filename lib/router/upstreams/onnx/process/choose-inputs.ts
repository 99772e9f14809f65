import { UnusableModel } from "./read-model-files.ts";
import type { Runtime, Session, Tensor } from "./runtime.ts";
import type { EncodedText } from "./token-encoder.ts";

/** Makes what a graph is fed with for rows that are calculated together. */
export type InputMaker = (rows: readonly EncodedText[]) => Readonly<Record<string, Tensor>>;

/** What stands at a position of a row; undefined behind its end. */
const VALUES: Readonly<Record<string, (row: EncodedText, at: number) => number | undefined>> = {
  input_ids: ({ ids }, at) => ids[at],
  attention_mask: ({ ids }, at) => (at < ids.length ? 1 : 0),
  token_type_ids: ({ types }, at) => types[at],
  position_ids: (_, at) => at,
};

/** Finds out what a graph wants. Throws UnusableModel when it wants something else than an encoder does. */
export function chooseInputs(
  { inputNames, inputMetadata }: Session,
  graph: string,
  TensorOf: Runtime["Tensor"],
  padTokenId: number,
): InputMaker {
  const inputs = inputNames.map((name) => {
    const valueAt = VALUES[name];
    if (valueAt === undefined) {
      throw new UnusableModel(
        `${graph} wants the input "${name}"; encoders with ${Object.keys(VALUES).join(", ")} can be used`,
      );
    }
    const type = inputMetadata.find((input) => input.name === name)?.type;
    if (type !== "int64" && type !== "int32") {
      throw new UnusableModel(`${graph} wants "${name}" as ${type}; int64 and int32 can be given`);
    }
    return { name, type, valueAt, fill: name === "input_ids" ? padTokenId : 0 } as const;
  });
  return (rows) => {
    const length = Math.max(...rows.map(({ ids }) => ids.length));
    const dims = [rows.length, length];
    return Object.fromEntries(
      inputs.map(({ name, type, valueAt, fill }) => {
        const numbers = rows.flatMap((row) => Array.from({ length }, (_, at) => valueAt(row, at) ?? fill));
        const data = type === "int64" ? BigInt64Array.from(numbers, BigInt) : Int32Array.from(numbers);
        return [name, new TensorOf(type, data, dims)];
      }),
    );
  };
}
