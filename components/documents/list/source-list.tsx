"use client";

import { RotateCw, X } from "lucide-react";
import { useSubmit } from "@/components/evaluation/use-submit.ts";
import { requestDone } from "@/components/http/request-json.ts";
import { usePolled } from "@/components/http/use-polled.ts";
import { Badge, type BadgeTone } from "@/components/ui/badge.tsx";
import { IconButton } from "@/components/ui/button.tsx";
import { dayWords } from "@/components/ui/format.ts";
import { type Source, sourceListSchema } from "@/lib/knowledge/schema.ts";

const READ_EVERY_MS = 5_000;

export interface SourceListProps {
  readonly collectionId: string;
  readonly isWritable: boolean;
  /** Called when the documents may have changed. */
  readonly onChanged: () => void;
}

/** The pages and sites that the collection follows; nothing where there are none. */
export function SourceList({ collectionId, isWritable, onChanged }: SourceListProps) {
  const { data, refresh } = usePolled(`/api/collections/${collectionId}/sources`, sourceListSchema, {
    initial: null,
    everyMs: READ_EVERY_MS,
  });
  const { isBusy, error, submit } = useSubmit();
  if (data === null || data.sources.length === 0) return null;
  const act = (source: Source, verb: "refresh" | "unfollow") =>
    void submit(async () => {
      const path = `/api/sources/${source.id}`;
      if (verb === "refresh") await requestDone(`${path}/refresh`, { method: "POST" });
      else await requestDone(path, { method: "DELETE" });
      refresh();
      onChanged();
    });
  return (
    <section aria-label="Followed on the web" className="mt-3 flex flex-col gap-1">
      <h2 className="font-semibold text-lg leading-tight">Followed on the web</h2>
      <p role="alert" className="text-danger text-sm empty:hidden">
        {error}
      </p>
      <ul className="text-sm">
        {data.sources.map((source) => (
          <SourceRow
            key={source.id}
            source={source}
            isBusy={isBusy}
            onAct={isWritable ? (verb) => act(source, verb) : undefined}
          />
        ))}
      </ul>
    </section>
  );
}

const STATES: Readonly<Record<Source["state"], { words: string; tone: BadgeTone }>> = {
  queued: { words: "Waiting", tone: "neutral" },
  running: { words: "Being looked at", tone: "accent" },
  idle: { words: "Up to date", tone: "good" },
  failed: { words: "Failed", tone: "danger" },
};

interface SourceRowProps {
  readonly source: Source;
  readonly isBusy: boolean;
  readonly onAct: ((verb: "refresh" | "unfollow") => void) | undefined;
}

function SourceRow({ source, isBusy, onAct }: SourceRowProps) {
  const { words, tone } = STATES[source.state];
  const isRunning = source.state === "queued" || source.state === "running";
  return (
    <li className="flex items-start justify-between gap-3 border-line border-b py-2">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <a
            href={source.uri}
            target="_blank"
            rel="noopener noreferrer"
            className="font-medium underline-offset-4 [overflow-wrap:anywhere] hover:underline"
          >
            {source.uri.replace(/^https?:\/\//, "")}
          </a>
          <Badge tone={tone}>{words}</Badge>
        </p>
        <p className="text-muted">{factsOf(source)}</p>
        {source.stateDetail !== null && (
          <p className={source.state === "failed" ? "text-danger" : "text-muted"}>{source.stateDetail}</p>
        )}
      </div>
      {onAct && (
        <span className="flex shrink-0">
          <IconButton
            label={`Look at ${source.uri} again`}
            disabled={isBusy || isRunning}
            onClick={() => onAct("refresh")}
          >
            <RotateCw aria-hidden />
          </IconButton>
          <IconButton
            label={`Stop following ${source.uri}; its documents stay`}
            disabled={isBusy}
            onClick={() => onAct("unfollow")}
          >
            <X aria-hidden />
          </IconButton>
        </span>
      )}
    </li>
  );
}

/** Kind, limits, rhythm and what the last look found, in one line. */
function factsOf({ kind, settings, refresh, counts, lastRunAt }: Source): string {
  const figures = [
    ["added", counts.added],
    ["changed", counts.changed],
    ["failed", counts.failed],
    ["skipped", counts.skipped],
    ["gone", counts.gone],
  ] as const;
  const found = figures.flatMap(([name, count]) => (count ? [`${count} ${name}`] : []));
  return [
    kind === "site"
      ? `Site, ${settings.depth ?? 2} links deep, at most ${settings.limit ?? 50} pages`
      : "One page",
    refresh === "daily" ? "looked at every day" : "looked at once",
    ...(lastRunAt === null ? [] : [`last on ${dayWords(lastRunAt)}`]),
    ...found,
  ].join(" · ");
}
