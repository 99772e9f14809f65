/**
 * The import table of docs/architecture.md, checked. Imports point down only; a domain enters another through its
 * door (`index.ts`) or its contracts (`schema.ts`), never through its own door.
 */
const LAYERS = [
  ["shared"],
  ["platform"],
  ["identity", "jobs"],
  ["router"],
  ["knowledge"],
  ["agents", "condenser", "feeds"],
  ["chat"],
  ["evaluation"],
  ["runtime"],
];

const domains = LAYERS.flat();

/** For each domain: what stands on its own layer or above it may not be imported. */
const downwardOnly = LAYERS.flatMap((layer, level) =>
  layer.map((domain) => {
    const forbidden = LAYERS.slice(level)
      .flat()
      .filter((other) => other !== domain);
    return {
      name: `${domain}-imports-down-only`,
      comment: `lib/${domain} may import only the layers below it.`,
      severity: "error",
      from: { path: `^lib/${domain}/`, pathNot: "\\.test\\.tsx?$" },
      to: { path: forbidden.length === 0 ? "^$" : `^(lib/(${forbidden.join("|")})/|app/|components/)` },
    };
  }),
);

/** Domains with a door; shared and platform are collections of small modules without one. */
const doored = domains.filter((domain) => !["shared", "platform", "runtime"].includes(domain));

export default {
  forbidden: [
    ...downwardOnly,
    ...doored.flatMap((domain) => [
      {
        name: `${domain}-through-its-door`,
        comment: `Others enter lib/${domain} through index.ts or schema.ts.`,
        severity: "error",
        from: { pathNot: `^lib/${domain}/|\\.test\\.tsx?$|^(bench|e2e|scripts)/` },
        to: { path: `^lib/${domain}/`, pathNot: `^lib/${domain}/(index|schema)\\.ts$` },
      },
      {
        name: `${domain}-not-its-own-door`,
        comment: "A domain never imports its own door: that is how cycles begin.",
        severity: "error",
        from: { path: `^lib/${domain}/`, pathNot: "\\.test\\.tsx?$" },
        to: { path: `^lib/${domain}/index\\.ts$` },
      },
    ]),
    {
      name: "tables-in-queries-only",
      comment: "Tables are touched by lib/<domain>/queries, by the database platform and by tests.",
      severity: "error",
      from: {
        pathNot:
          "^lib/[^/]+/queries(/|\\.ts$)|^drizzle/|^lib/platform/db/|\\.test\\.tsx?$|^bench/|^lib/.*/test-.*\\.ts$",
      },
      to: { path: "^drizzle/schema/" },
    },
    {
      name: "own-tables-only",
      comment: "A domain touches only its own tables; another's data is read through its door.",
      severity: "error",
      from: { path: "^lib/([^/]+)/queries", pathNot: "\\.test\\.ts$" },
      to: { path: "^drizzle/schema/", pathNot: "^drizzle/schema/($1|tenancy)\\.ts$" },
    },
    {
      name: "browser-sees-contracts-only",
      comment: "components/ import each other, lib/*/schema.ts and lib/shared.",
      severity: "error",
      from: { path: "^components/", pathNot: "\\.test\\.tsx?$" },
      to: { path: "^(lib|app|drizzle)/", pathNot: "^lib/([^/]+/schema\\.ts$|shared/)" },
    },
    {
      name: "contracts-stay-browser-safe",
      comment: "schema.ts (and its parts in schema/) imports zod, lib/shared and other contracts.",
      severity: "error",
      from: { path: "^lib/[^/]+/schema(\\.ts$|/)" },
      to: { pathNot: "^(lib/shared/|lib/[^/]+/schema(\\.ts$|/)|node_modules/zod/)" },
    },
    {
      name: "nothing-imports-app",
      severity: "error",
      from: { pathNot: "^(app|e2e)/" },
      to: { path: "^app/" },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "resolvable",
      severity: "error",
      from: {},
      // Packages of types only resolve under another name.
      to: { couldNotResolve: true, pathNot: "^mdast$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(\\.next|\\.data|\\.node|node_modules/.cache)" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
    },
  },
};
