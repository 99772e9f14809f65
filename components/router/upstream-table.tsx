import { credentialWords, healthWords } from "@/components/router/router-words.ts";
import { Badge } from "@/components/ui/badge.tsx";
import { Table, TableCell, TableHead } from "@/components/ui/table.tsx";
import type { RouterState } from "@/lib/router/schema.ts";

/** The servers behind the models. */
export function UpstreamTable({ upstreams }: { readonly upstreams: RouterState["upstreams"] }) {
  return (
    <Table label="Upstreams">
      <thead>
        <tr>
          <TableHead>Upstream</TableHead>
          <TableHead>Health</TableHead>
          <TableHead className="hidden sm:table-cell">Serves, by its own account</TableHead>
        </tr>
      </thead>
      <tbody>
        {upstreams.map((upstream) => {
          const health = healthWords(upstream);
          const served = upstream.servedModels?.join(", ") ?? null;
          return (
            <tr key={upstream.name}>
              <TableCell className="min-w-40 [overflow-wrap:anywhere]">
                <span className="font-medium">{upstream.name}</span>{" "}
                <span className="text-muted">{upstream.kind}</span>
                <span className="block text-muted">
                  {upstream.baseUrl === null
                    ? upstream.kind === "onnx"
                      ? "in processes of this program"
                      : "inside this program"
                    : `${upstream.baseUrl}, ${credentialWords(upstream.credential)}`}
                </span>
                {served !== null && <span className="block text-muted sm:hidden">serves {served}</span>}
              </TableCell>
              <TableCell className="max-w-64">
                <Badge tone={health.tone}>
                  <span title={health.meaning}>{health.words}</span>
                </Badge>
                {upstream.missingModels.length > 0 && (
                  <span className="mt-1 block text-warn text-xs [overflow-wrap:anywhere]">
                    Does not serve {upstream.missingModels.join(", ")}, which the configuration asks it for.
                  </span>
                )}
                {upstream.modelErrors.map(({ model, reason }) => (
                  <span key={model} className="mt-1 block text-danger text-xs [overflow-wrap:anywhere]">
                    {model}: {reason}
                  </span>
                ))}
                {upstream.credentialError !== null && (
                  <span className="mt-1 block text-danger text-xs [overflow-wrap:anywhere]">
                    {health.meaning}
                  </span>
                )}
              </TableCell>
              <TableCell className="hidden text-muted [overflow-wrap:anywhere] sm:table-cell">
                {served ?? "–"}
              </TableCell>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
