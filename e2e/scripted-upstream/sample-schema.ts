interface Schema {
  readonly type?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly items?: unknown;
  readonly anyOf?: readonly unknown[];
  readonly minItems?: number;
  readonly minimum?: number;
}

/** A value a simple JSON schema allows, the same every time. References and patterns are not understood. */
export function sampleOfSchema(schema: unknown): unknown {
  if (typeof schema !== "object" || schema === null) return {};
  const known: Schema = schema;
  if (known.const !== undefined) return known.const;
  if (known.enum !== undefined) return known.enum[0] ?? null;
  if (known.anyOf !== undefined) return sampleOfSchema(known.anyOf[0]);
  switch (Array.isArray(known.type) ? known.type[0] : known.type) {
    case "string":
      return "x";
    case "integer":
    case "number":
      return known.minimum ?? 1;
    case "boolean":
      return true;
    case "null":
      return null;
    case "array":
      return Array.from({ length: Math.max(1, known.minItems ?? 1) }, () => sampleOfSchema(known.items));
    default:
      return Object.fromEntries(
        Object.entries(known.properties ?? {}).map(([name, property]) => [name, sampleOfSchema(property)]),
      );
  }
}
