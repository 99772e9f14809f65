import { policyWords } from "@/components/router/router-words.ts";
import { TargetTable } from "@/components/router/target-table.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import type { RouterState } from "@/lib/router/schema.ts";

type Model = RouterState["models"][number];

/** Every model with the places where it is served. */
export function ModelList({ models }: { readonly models: readonly Model[] }) {
  return (
    <div className="flex flex-col gap-8">
      {models.map((model) => (
        <ModelCard key={model.name} model={model} />
      ))}
    </div>
  );
}

function ModelCard({ model }: { readonly model: Model }) {
  const notes = modelNotes(model);
  return (
    <section aria-label={model.name} className="flex flex-col gap-1">
      <h3 className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium">
        <span className="[overflow-wrap:anywhere]">{model.name}</span>
        <Badge>{model.kind}</Badge>
        {model.label !== model.name && <span className="font-normal text-muted text-sm">{model.label}</span>}
      </h3>
      {notes !== "" && <p className="text-muted text-sm">{notes}</p>}
      <TargetTable label={`Places of ${model.name}`} targets={model.targets} />
    </section>
  );
}

function modelNotes(model: Model): string {
  const policy = policyWords(model);
  const notes = [
    model.aliases.length > 0 && `also called ${model.aliases.join(", ")}`,
    policy !== null && `chosen: ${policy}`,
    model.fallbacks.length > 0 && `then ${model.fallbacks.join(", ")}`,
    model.kind === "chat" && !model.isContinued && "cut answers are not continued elsewhere",
  ].filter((note) => note !== false);
  const sentence = notes.join("; ");
  return sentence === "" ? "" : `${sentence[0]?.toUpperCase()}${sentence.slice(1)}.`;
}
