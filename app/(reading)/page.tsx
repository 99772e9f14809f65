import { StartView } from "@/components/chat/start-view.tsx";
import { listModels } from "@/lib/chat/index.ts";
import { requirePagePrincipal } from "@/lib/identity/index.ts";
import { readSuggestedQuestions } from "./suggested-questions.ts";

export default async function StartPage() {
  const { userId } = await requirePagePrincipal();
  return <StartView suggestions={await readSuggestedQuestions()} models={listModels()} personId={userId} />;
}
