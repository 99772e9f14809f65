import { figureName, figureWords, milliseconds, stepWords } from "@/components/sources/found-words.ts";
import type { SearchStep, SearchTrace } from "@/lib/knowledge/schema.ts";

/** What the search did, step by step, with times and the figures behind each sentence. */
export function SearchSteps({ trace }: { readonly trace: SearchTrace }) {
  const total = trace.timingsMs.total;
  return (
    <section aria-label="Steps of the search">
      <h4 className="mb-1 flex justify-between gap-4 text-muted">
        <span>Steps</span>
        {total !== undefined && <span className="tabular-nums">{milliseconds(total)} in all</span>}
      </h4>
      {trace.steps ? (
        <ol className="flex flex-col divide-y divide-line">
          {trace.steps.map((step, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a finished list; a step may come twice.
            <StepItem key={index} step={step} />
          ))}
        </ol>
      ) : (
        <p>{olderTimings(trace)}</p>
      )}
    </section>
  );
}

function StepItem({ step }: { readonly step: SearchStep }) {
  const figures = Object.entries(step.detail);
  return (
    <li className="py-1.5">
      <p className="flex justify-between gap-4">
        <span className="font-medium">{stepWords(step.name)}</span>
        <span className="shrink-0 text-muted tabular-nums">{milliseconds(step.milliseconds)}</span>
      </p>
      <p className="[overflow-wrap:anywhere]">{step.summary}</p>
      {figures.length > 0 && (
        <details>
          <summary className="w-fit rounded text-muted text-xs hover:text-ink">Figures</summary>
          <dl className="mt-1 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-3 text-xs">
            {figures.map(([name, value]) => (
              <div key={name} className="contents">
                <dt className="text-muted">{figureName(name)}</dt>
                <dd className="[overflow-wrap:anywhere]">{figureWords(value)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </li>
  );
}

/** Answers written before steps were kept have their times alone. */
function olderTimings({ timingsMs }: SearchTrace): string {
  return Object.entries(timingsMs)
    .map(([step, valueMs]) => `${step} ${milliseconds(valueMs)}`)
    .join(", ");
}
