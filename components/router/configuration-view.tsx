import { LocalTime } from "@/components/evaluation/local-time.tsx";
import { Notice } from "@/components/ui/notice.tsx";
import type { RouterState } from "@/lib/router/schema.ts";

/** The configuration in force, and why the latest change of its file is not. */
export function ConfigurationView({
  configuration,
}: {
  readonly configuration: RouterState["configuration"];
}) {
  const { file, readAt, error, written } = configuration;
  return (
    <div className="flex flex-col gap-3">
      {error !== null && (
        <Notice tone="danger" role="alert">
          <p className="font-medium">The file was changed, but the change has errors and is not in force.</p>
          <p className="mt-1 whitespace-pre-wrap font-mono text-xs [overflow-wrap:anywhere]">{error}</p>
        </Notice>
      )}
      <p className="text-sm [overflow-wrap:anywhere]">
        Read from {file}, <LocalTime iso={readAt} />.
      </p>
      <details className="text-sm">
        <summary className="w-fit rounded text-muted hover:text-ink">Show it as written</summary>
        <section
          aria-label="Configuration as written"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
          tabIndex={0}
          className="mt-2 max-h-96 overflow-auto rounded-lg border border-line bg-sunken p-3.5"
        >
          <pre className="font-mono text-xs leading-relaxed">{JSON.stringify(written, null, 2)}</pre>
        </section>
        <p className="mt-2 text-muted">Secrets stand in the environment; the file only names them.</p>
      </details>
    </div>
  );
}
