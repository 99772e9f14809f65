"use client";

import { useCallback, useEffect, useState } from "react";
import { LEVELS, mayWords } from "@/components/documents/access/level-words.ts";
import { useSubmit } from "@/components/evaluation/use-submit.ts";
import { errorSentence, requestDone, requestJson } from "@/components/http/request-json.ts";
import { Button } from "@/components/ui/button.tsx";
import { Field, Input, Select } from "@/components/ui/input.tsx";
import { type AccessLevel, type CollectionPerson, collectionPeopleSchema } from "@/lib/knowledge/schema.ts";

/** Typing goes on until this long after the last key. */
const SETTLE_MS = 200;

export interface AddPersonProps {
  /** The collection's address in the API. */
  readonly path: string;
  readonly onDone: (sentence: string) => void;
}

/** Finds a person of the organisation by name or address and puts them on the list. */
export function AddPerson({ path, onDone }: AddPersonProps) {
  const [words, setWords] = useState("");
  const [level, setLevel] = useState<AccessLevel>("read");
  const { people, error: searchError, clear } = usePeople(path, words.trim());
  const { isBusy, error, submit } = useSubmit();
  const add = (person: CollectionPerson) =>
    submit(async () => {
      await requestDone(`${path}/access/${person.userId}`, { method: "PUT", body: { level } });
      setWords("");
      clear();
      onDone(mayWords(person.name, level));
    });
  return (
    <search aria-label="Add a person" className="flex flex-col gap-2">
      <div className="grid gap-3 sm:grid-cols-[1fr_auto]">
        <Field
          label="Add a person"
          hint="By name or e-mail address, among the members of your organisation."
          error={error ?? searchError}
        >
          {(control) => (
            <Input
              {...control}
              type="search"
              autoComplete="off"
              value={words}
              onChange={(event) => setWords(event.target.value)}
            />
          )}
        </Field>
        <Field label="Level">
          {(control) => (
            <Select
              {...control}
              value={level}
              onChange={(event) => {
                const chosen = LEVELS.find((option) => option.level === event.target.value);
                if (chosen) setLevel(chosen.level);
              }}
            >
              {LEVELS.map((option) => (
                <option key={option.level} value={option.level}>
                  {option.words}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      {people && (
        <ul
          aria-label="People found"
          className="flex flex-col rounded-lg border border-line bg-surface px-3 py-1"
        >
          {people.map((person) => (
            <li key={person.userId} className="flex items-center justify-between gap-3 py-1.5">
              <span className="min-w-0">
                <span className="block truncate font-medium">{person.name}</span>
                <span className="block truncate text-muted text-sm">{person.email}</span>
              </span>
              <Button
                size="small"
                disabled={isBusy}
                aria-label={`Add ${person.name}, ${person.email ?? "no address"}`}
                onClick={() => void add(person)}
              >
                Add
              </Button>
            </li>
          ))}
          {people.length === 0 && (
            <li className="py-1.5 text-muted text-sm">
              Nobody else of your organisation has that name or address.
            </li>
          )}
        </ul>
      )}
    </search>
  );
}

/** People that fit the words, a moment after the last key; null while there is nothing to look for. */
function usePeople(path: string, words: string) {
  const [people, setPeople] = useState<readonly CollectionPerson[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    setError(null);
    if (words === "") {
      setPeople(null);
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      requestJson(`${path}/people?q=${encodeURIComponent(words)}`, collectionPeopleSchema, {
        signal: stop.signal,
      }).then(
        (answer) => setPeople(answer.people),
        (cause: unknown) => {
          if (!stop.signal.aborted) setError(errorSentence(cause));
        },
      );
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [path, words]);
  const clear = useCallback(() => setPeople(null), []);
  return { people, error, clear };
}
