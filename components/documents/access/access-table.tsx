"use client";

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { LEVELS, mayWords } from "@/components/documents/access/level-words.ts";
import { useSubmit } from "@/components/evaluation/use-submit.ts";
import { requestDone } from "@/components/http/request-json.ts";
import { IconButton } from "@/components/ui/button.tsx";
import { Select } from "@/components/ui/input.tsx";
import type { AccessEntry, CollectionAccess } from "@/lib/knowledge/schema.ts";

export interface AccessTableProps {
  /** The collection's address in the API. */
  readonly path: string;
  readonly access: CollectionAccess;
  readonly onDone: (sentence: string) => void;
}

/** The owner and the people on the list, each with a level that can be changed. */
export function AccessTable({ path, access, onDone }: AccessTableProps) {
  const { isBusy, error, submit } = useSubmit();
  const setLevel = (entry: AccessEntry, level: AccessEntry["level"]) =>
    submit(async () => {
      await requestDone(`${path}/access/${entry.userId}`, { method: "PUT", body: { level } });
      onDone(mayWords(entry.name, level));
    });
  const remove = (entry: AccessEntry) =>
    submit(async () => {
      await requestDone(`${path}/access/${entry.userId}`, { method: "DELETE" });
      onDone(`${entry.name} was removed.`);
    });
  return (
    <>
      <p role="alert" className="text-danger text-sm empty:hidden">
        {error}
      </p>
      <ul aria-label="People with access" className="border-line border-t">
        {access.owner && (
          <PersonRow name={access.owner.name} email={access.owner.email}>
            <span className="pr-10 text-muted text-sm">Owner</span>
          </PersonRow>
        )}
        {access.entries.map((entry) => (
          <PersonRow key={entry.userId} name={entry.name} email={entry.email}>
            <Select
              aria-label={`What ${entry.name} may do`}
              className="w-auto! min-w-0 max-w-full"
              value={entry.level}
              disabled={isBusy}
              onChange={(event) => {
                const chosen = LEVELS.find(({ level }) => level === event.target.value);
                if (chosen) void setLevel(entry, chosen.level);
              }}
            >
              {LEVELS.map(({ level, words }) => (
                <option key={level} value={level}>
                  {words}
                </option>
              ))}
            </Select>
            <IconButton label={`Remove ${entry.name}`} disabled={isBusy} onClick={() => void remove(entry)}>
              <X aria-hidden />
            </IconButton>
          </PersonRow>
        ))}
      </ul>
      {access.entries.length === 0 && (
        <p className="text-muted text-sm">Nobody has been added by name yet.</p>
      )}
    </>
  );
}

interface PersonRowProps {
  readonly name: string;
  readonly email: string | null;
  readonly children: ReactNode;
}

function PersonRow({ name, email, children }: PersonRowProps) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1.5 border-line border-b py-2.5">
      <span className="min-w-0 flex-1 basis-48">
        <span className="block font-medium [overflow-wrap:anywhere]">{name}</span>
        {email !== null && <span className="block text-muted text-sm [overflow-wrap:anywhere]">{email}</span>}
      </span>
      <span className="flex max-w-full items-center gap-1.5">{children}</span>
    </li>
  );
}
