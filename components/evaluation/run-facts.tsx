import { LocalTime } from "@/components/evaluation/local-time.tsx";
import { settingsOf } from "@/components/evaluation/run-words.ts";
import type { Run } from "@/lib/evaluation/schema.ts";

/** What was measured: settings, model, embedder, dataset version, program. */
export function RunFacts({ run }: { readonly run: Run }) {
  const settings = settingsOf(run.configuration).filter(([name]) => name !== "Model");
  const facts: readonly (readonly [string, string])[] = [
    ...settings,
    ["Model", run.model === "" ? "not known yet" : run.model],
    ["Embedder", run.embedder === "" ? "not known yet" : run.embedder],
    ["Dataset", `${run.datasetName}, version ${run.datasetVersion}`],
    ["Program", run.commit === "unknown" ? "commit unknown" : `commit ${run.commit.slice(0, 12)}`],
  ];
  return (
    <dl className="grid grid-cols-1 gap-x-8 border-line border-t text-sm sm:grid-cols-2">
      {facts.map(([name, value]) => (
        <div key={name} className="flex justify-between gap-4 border-line border-b py-2">
          <dt className="text-muted">{name}</dt>
          <dd className="text-right [overflow-wrap:anywhere]">{value}</dd>
        </div>
      ))}
      {run.startedAt !== null && (
        <div className="flex justify-between gap-4 border-line border-b py-2">
          <dt className="text-muted">Started</dt>
          <dd>
            <LocalTime iso={run.startedAt} />
          </dd>
        </div>
      )}
      {run.endedAt !== null && (
        <div className="flex justify-between gap-4 border-line border-b py-2">
          <dt className="text-muted">Ended</dt>
          <dd>
            <LocalTime iso={run.endedAt} />
          </dd>
        </div>
      )}
    </dl>
  );
}
