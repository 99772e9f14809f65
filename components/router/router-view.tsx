"use client";

import { Section } from "@/components/evaluation/page-frame.tsx";
import { usePolled } from "@/components/http/use-polled.ts";
import { ConfigurationView } from "@/components/router/configuration-view.tsx";
import { ModelList } from "@/components/router/model-list.tsx";
import { hasSavedWork, SavedWork } from "@/components/router/saved-work.tsx";
import { UpstreamTable } from "@/components/router/upstream-table.tsx";
import { Notice } from "@/components/ui/notice.tsx";
import { type RouterState, routerStateSchema } from "@/lib/router/schema.ts";

const POLL_MS = 2000;

/** The router as it stands now. */
export function RouterView({ initial }: { readonly initial: RouterState | null }) {
  if (initial === null) {
    return (
      <Notice>
        No router runs in this process: models are asked directly (MODEL_ROUTE=direct), or by a process of its
        own.
      </Notice>
    );
  }
  return <LiveRouter initial={initial} />;
}

function LiveRouter({ initial }: { readonly initial: RouterState }) {
  const { data: state, isStale } = usePolled("/api/admin/router", routerStateSchema, {
    initial,
    everyMs: POLL_MS,
  });
  return (
    <>
      <div role="status" className="empty:sr-only">
        {isStale && (
          <Notice tone="warn">The figures below are old: the server cannot be reached. Trying again.</Notice>
        )}
      </div>
      <Section title="Models" note={nowWords(state)}>
        <ModelList models={state.models} />
      </Section>
      <Section title="Upstreams" note="The servers behind the models.">
        <UpstreamTable upstreams={state.upstreams} />
      </Section>
      {hasSavedWork(state) && (
        <Section title="Memory and second requests">
          <SavedWork cache={state.cache} hedges={state.hedges} />
        </Section>
      )}
      <Section title="Configuration">
        <ConfigurationView configuration={state.configuration} />
      </Section>
    </>
  );
}

function nowWords({ inFlight, limits }: RouterState): string {
  const running = inFlight === 1 ? "One request is" : `${inFlight === 0 ? "No" : inFlight} requests are`;
  const reserved = limits.reservations === 0 ? "" : `, ${limits.reservations} reservations held`;
  return `${running} being answered by this process${reserved}. Read anew every two seconds.`;
}
