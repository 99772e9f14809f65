/** The product's name with its mark: a page whose one line is underlined. */
export function Wordmark() {
  return (
    <span className="inline-flex items-center gap-2 font-semibold font-serif text-xl tracking-tight">
      <svg viewBox="0 0 20 20" className="size-5 text-accent" aria-hidden="true">
        <path
          d="M4 1.5h8.5L17 6v12.5H4z"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.6"
          strokeLinejoin="round"
        />
        <path d="M7 13.2h6.5" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" />
        <path d="M7 9h6.5" stroke="currentColor" strokeWidth="1.2" strokeLinecap="round" opacity="0.55" />
      </svg>
      Vouch
    </span>
  );
}
