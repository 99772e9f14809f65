interface Titled {
  title: string;
  passages: number;
}

/** The titles of the documents of which a copy holds passages; each goes with the last of its passages. */
export class DocumentTitles {
  readonly #known = new Map<string, Titled>();

  /** Takes note of one more passage of a document. */
  hold(documentId: string, title: string): void {
    const known = this.#known.get(documentId);
    if (known === undefined) {
      this.#known.set(documentId, { title, passages: 1 });
      return;
    }
    known.title = title;
    known.passages += 1;
  }

  /** Takes note that a passage went. */
  release(documentId: string): void {
    const known = this.#known.get(documentId);
    if (known === undefined) return;
    known.passages -= 1;
    if (known.passages === 0) this.#known.delete(documentId);
  }

  /** Another title for a document; of no matter when none of its passages is here. */
  change(documentId: string, title: string): void {
    const known = this.#known.get(documentId);
    if (known !== undefined) known.title = title;
  }

  titleOf(documentId: string): string {
    return this.#known.get(documentId)?.title ?? "";
  }

  clear(): void {
    this.#known.clear();
  }
}
