"use client";

import { Sparkles } from "lucide-react";
import type { AnswerModel } from "@/components/chat/answer-model.ts";
import { Button } from "@/components/ui/button.tsx";
import {
  Menu,
  MenuContent,
  MenuLabel,
  MenuRadioGroup,
  MenuRadioItem,
  MenuTrigger,
} from "@/components/ui/menu.tsx";
import { useIsHydrated } from "@/components/ui/use-is-hydrated.ts";

export interface ModelPickerProps {
  readonly models: readonly AnswerModel[];
  readonly model: AnswerModel;
  readonly onChoose: (id: string) => void;
}

/** Which model answers the next question; nothing when there is no choice. */
export function ModelPicker({ models, model, onChoose }: ModelPickerProps) {
  const isHydrated = useIsHydrated();
  if (models.length < 2) return null;
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button variant="quiet" size="small" className="min-w-0 font-normal" disabled={!isHydrated}>
          <Sparkles aria-hidden />
          <span className="sr-only">Model: </span>
          <span className="truncate">{model.label}</span>
        </Button>
      </MenuTrigger>
      <MenuContent align="start" side="top">
        <MenuLabel>Answered by</MenuLabel>
        <MenuRadioGroup value={model.id} onValueChange={onChoose}>
          {models.map(({ id, label, isBuiltin }, index) => (
            <MenuRadioItem key={id} value={id}>
              <span className="min-w-0 flex-1 truncate">{label}</span>
              <span className="text-muted text-xs">
                {[isBuiltin && "built in", index === 0 && "default"].filter(Boolean).join(", ")}
              </span>
            </MenuRadioItem>
          ))}
        </MenuRadioGroup>
      </MenuContent>
    </Menu>
  );
}
