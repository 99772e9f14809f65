import { publicAddress } from "../../platform/own-address.ts";
import type { AnswerChunk, AnswerOutcome } from "../answer-contract.ts";
import type { CitationData } from "../schema.ts";

/**
 * A citation in a message, in the shape of OpenAI's own annotations, so that their clients pass it on; `citation` says
 * which words of which document stand behind the number.
 */
export interface CitationAnnotation {
  readonly type: "url_citation";
  readonly url_citation: {
    /** Where the number stands in the message's content: `content.slice(start_index, end_index)` is `[1]`. */
    readonly start_index: number;
    readonly end_index: number;
    readonly title: string;
    /** The original document, at the page. */
    readonly url: string;
  };
  readonly citation: {
    readonly marker: number;
    readonly document_id: string;
    readonly version_id: string;
    readonly page: number | null;
    /** Offsets into the text of that version: `text.slice(start, end)` is the quote. */
    readonly start: number;
    readonly end: number;
    readonly quote: string;
    readonly verdict: CitationData["verdict"];
    readonly score: number;
  };
}

/** What an OpenAI client knows of an answer beside its text. */
interface CompletionHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

function annotate(data: CitationData, start: number, length: number): CitationAnnotation {
  const page = data.page === null ? "" : `#page=${data.page}`;
  return {
    type: "url_citation",
    url_citation: {
      start_index: start,
      end_index: start + length,
      title: data.title,
      url: `${publicAddress()}/api/documents/${data.documentId}/content?version=${data.versionId}${page}`,
    },
    citation: {
      marker: data.marker,
      document_id: data.documentId,
      version_id: data.versionId,
      page: data.page,
      start: data.start,
      end: data.end,
      quote: data.quote,
      verdict: data.verdict,
      score: data.score,
    },
  };
}

/** Turns the chunks of an answer into what an OpenAI client is sent. */
export class CompletionWriter {
  readonly #head: CompletionHead;
  readonly #citations = new Map<number, CitationData>();
  readonly annotations: CitationAnnotation[] = [];
  content = "";
  reasoning = "";
  #hasBegun = false;

  constructor(head: CompletionHead) {
    this.#head = head;
  }

  /** The stream's chunks for one chunk of the answer; none for what a client has no place for. */
  take(chunk: AnswerChunk): object[] {
    if (chunk.type === "data-citation") this.#citations.set(chunk.data.marker, chunk.data);
    if (chunk.type === "reasoning-delta") {
      this.reasoning += chunk.delta;
      return [...this.#begin(), this.#chunk({ reasoning_content: chunk.delta })];
    }
    if (chunk.type !== "text-delta") return [];
    const from = this.content.length;
    this.content += chunk.delta;
    const annotations = this.#annotationsIn(chunk.delta, from);
    return [
      ...this.#begin(),
      this.#chunk({ content: chunk.delta }),
      ...(annotations.length > 0 ? [this.#chunk({ annotations })] : []),
    ];
  }

  /** The last chunks: why it ended, what was searched, and what it took when that is wanted. */
  end(outcome: AnswerOutcome, includesUsage: boolean): object[] {
    return [
      ...this.#begin(),
      { ...this.#chunk({}, finishReasonOf(outcome)), vouch: evidenceOf(outcome) },
      ...(includesUsage ? [{ ...this.#frame(), choices: [], usage: usageOf(outcome) }] : []),
    ];
  }

  /** The answer in one piece. */
  whole(outcome: AnswerOutcome): object {
    const message = {
      role: "assistant",
      content: this.content,
      refusal: null,
      ...(this.reasoning === "" ? {} : { reasoning_content: this.reasoning }),
      annotations: this.annotations,
    };
    return {
      ...this.#head,
      object: "chat.completion",
      choices: [{ index: 0, message, logprobs: null, finish_reason: finishReasonOf(outcome) }],
      usage: usageOf(outcome),
      vouch: evidenceOf(outcome),
    };
  }

  /** The citations whose numbers stand in a piece of text; a number comes whole, after its citation. */
  #annotationsIn(delta: string, from: number): CitationAnnotation[] {
    const annotations = Array.from(delta.matchAll(/\[(\d{1,4})\]/g)).flatMap((match) => {
      const data = this.#citations.get(Number(match[1]));
      return data === undefined ? [] : [annotate(data, from + match.index, match[0].length)];
    });
    this.annotations.push(...annotations);
    return annotations;
  }

  #begin(): object[] {
    if (this.#hasBegun) return [];
    this.#hasBegun = true;
    return [this.#chunk({ role: "assistant", content: "" })];
  }

  #frame() {
    return { ...this.#head, object: "chat.completion.chunk" };
  }

  #chunk(delta: object, finishReason: string | null = null) {
    return { ...this.#frame(), choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }] };
  }
}

function finishReasonOf({ finishReason }: AnswerOutcome): string {
  return finishReason === "length" ? "length" : "stop";
}

function usageOf({ usage }: AnswerOutcome) {
  const [prompt_tokens, completion_tokens] = [usage?.promptTokens ?? 0, usage?.completionTokens ?? 0];
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}

/** How the answer stands to its evidence; a field of our own, which OpenAI clients pass over. */
function evidenceOf({ retrieval, check }: AnswerOutcome) {
  return {
    searched_question: retrieval?.searchedQuestion ?? null,
    passages: retrieval?.used ?? 0,
    is_not_found: check?.isNotFound ?? false,
    sentences: (check?.sentences ?? []).map(({ start, end, verdict, markers }) => ({
      start,
      end,
      verdict,
      markers,
    })),
  };
}
