"use client";

import { useState } from "react";
import { LIMIT_NAMES, LIMIT_WORDS, SUBJECT_WORDS, usageWords } from "@/components/limits/limit-words.ts";
import { Badge } from "@/components/ui/badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { classNames } from "@/components/ui/class-names.ts";
import { Input } from "@/components/ui/input.tsx";
import { Progress } from "@/components/ui/progress.tsx";
import type { LimitedSubject, LimitName } from "@/lib/router/schema.ts";

/** From so many on, a list wants a field to find one in it. */
const SEARCH_FROM = 12;

export interface SubjectListProps {
  readonly subjects: readonly LimitedSubject[];
  readonly onEdit: (subject: LimitedSubject) => void;
}

/** The organisation, its people and keys, each with what it takes of what it may. */
export function SubjectList({ subjects, onEdit }: SubjectListProps) {
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const shown = subjects.filter(({ name }) => name.toLowerCase().includes(wanted));
  return (
    <div className="flex flex-col gap-3">
      {subjects.length >= SEARCH_FROM && (
        <Input
          aria-label="Find a person or key"
          placeholder="Find a person or key"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="max-w-sm"
        />
      )}
      <ul aria-label="Limits" className="flex flex-col border-line border-t">
        {shown.map((subject) => (
          <SubjectRow key={`${subject.type}/${subject.id}`} subject={subject} onEdit={onEdit} />
        ))}
      </ul>
      {shown.length === 0 && <p className="text-muted">Nobody here is called so.</p>}
    </div>
  );
}

function SubjectRow({
  subject,
  onEdit,
}: {
  readonly subject: LimitedSubject;
  readonly onEdit: (subject: LimitedSubject) => void;
}) {
  return (
    <li aria-label={subject.name} className="flex flex-col gap-2 border-line border-b py-3.5">
      <div className="flex items-start justify-between gap-3">
        <p className="flex min-w-0 flex-wrap items-center gap-2 font-medium">
          <span className="[overflow-wrap:anywhere]">{subject.name}</span>
          <Badge>{SUBJECT_WORDS[subject.type]}</Badge>
          {subject.set !== null && <Badge tone="accent">own limits</Badge>}
        </p>
        <Button
          size="small"
          aria-label={`Change the limits of ${subject.name}`}
          onClick={() => onEdit(subject)}
        >
          Change
        </Button>
      </div>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 text-sm lg:grid-cols-4">
        {LIMIT_NAMES.map((name) => (
          <LimitFigure key={name} name={name} subject={subject} />
        ))}
      </dl>
    </li>
  );
}

/** Share of a limit from which on it is pointed out. */
const NEARLY = 0.9;

function LimitFigure({ name, subject }: { readonly name: LimitName; readonly subject: LimitedSubject }) {
  const limit = subject.effective[name];
  const used = subject.used[name];
  const share = limit === null || used === null ? 0 : limit === 0 ? 1 : used / limit;
  return (
    <div className="flex flex-col gap-1">
      <dt className="text-muted">{LIMIT_WORDS[name]}</dt>
      <dd className="flex flex-col gap-1">
        <span className={classNames("tabular-nums", share >= NEARLY && "text-warn")}>
          {usageWords(name, used, limit)}
          {share >= 1 ? ", used up" : share >= NEARLY ? ", nearly used up" : ""}
        </span>
        {limit !== null && (
          <Progress label={LIMIT_WORDS[name]} value={Math.min(1, share)} className="w-full max-w-40" />
        )}
      </dd>
    </div>
  );
}
