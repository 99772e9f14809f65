import { StartView } from "@/components/chat/start-view.tsx";
import { listModels } from "@/lib/chat/index.ts";
import { requirePagePrincipal } from "@/lib/identity/index.ts";
import { readSuggestedQuestions } from "./suggested-questions.ts";

export default async function StartPage() {
  await requirePagePrincipal();
  return <StartView suggestions={await readSuggestedQuestions()} model={listModels()[0] ?? null} />;
}
