/** Verbs with which instructions begin. Nouns of the same spelling are told apart by the word that follows. */
const verbs =
  "accept|activate|adjust|allow|answer|apply|approve|arrange|ask|assign|attach|avoid|back|begin|bring|build|call|cancel|change|check|choose|clean|clear|click|close|collect|compare|complete|configure|confirm|connect|contact|copy|create|decide|define|delete|deploy|describe|dip|disable|disconnect|double-click|download|drag|drain|drop|edit|empty|enable|ensure|enter|evaluate|export|fill|find|fit|follow|generate|get|give|glue|go|grant|hold|identify|import|include|initialise|initialize|insert|install|instruct|invite|keep|launch|leave|let|lift|limit|list|load|log|look|lower|make|mark|move|name|navigate|note|obtain|open|paste|pick|place|point|pour|prepare|press|print|provide|pull|push|put|raise|read|record|refer|register|release|reload|remove|rename|repeat|replace|report|request|reset|restart|restore|return|review|revoke|right-click|rinse|rotate|run|save|scan|schedule|scroll|select|send|set|share|shut|sign|soak|specify|split|start|stop|stir|store|submit|subscribe|swap|switch|take|talk|tap|tell|test|tighten|toggle|try|turn|type|unplug|unscrew|untick|update|upgrade|upload|use|verify|visit|wait|wash|wear|wipe|write";
const notVerb = "(?!\\s+(?:of|is|are|was|were|has|have|can|may|must|will|does)\\b)(?=\\s|$|[,:(])";
const lead =
  "(?:(?:first|then|next|finally|now|please|also|always|never|instead|afterwards|(?:step\\s+)?\\d+[.:)]?|do\\s+not|don['’]t)[\\s,:]+)*";
const imperative = new RegExp(`^\\W*${lead}(?:${verbs})\\b${notVerb}`, "i");
/** "To reset it, hold the button", "If it is on, press", "In the dialog, choose": the order follows a comma. */
const imperativeLater = new RegExp(
  `^\\W*(?:to|if|when|once|after|before|in|on|at|from|under|for|with|until)\\b[^.!?]{2,140}?,\\s+${lead}(?:${verbs})\\b${notVerb}`,
  "i",
);
const imperativeJoined = new RegExp(`\\b(?:and|or|then)\\s+(?:then\\s+)?(?:${verbs})\\b${notVerb}`, "i");
const advice =
  /\byou\s+(?:(?:can|should|must|need|have|may|will)\b)|\bby\s+\p{Ll}+ing\b|\busing\s+(?:the|an?)\b|\bwith\s+the\s+(?:button|command|menu|key|switch|option)\b|\bmust be\b/iu;

/** "You can do it at any time": says that, not how. */
const mereAdvice = 0.4;

/**
 * How far a text tells its reader what to do: 1 for an order ("Open the lid", "To stop it, press X"), less for advice
 * ("you can", "by pressing"), 0 for a statement.
 */
export function measureInstruction(text: string): number {
  if (imperative.test(text) || imperativeLater.test(text)) return 1;
  if (!advice.test(text)) return 0;
  return /\byou\b/i.test(text) && imperativeJoined.test(text) ? 0.7 : mereAdvice;
}

const crossReference =
  /\b(?:chapters?|sections?|appendix|guides?|tutorials?|articles?|manuals?|documentation|cookbooks?|courses?)\b.{0,80}\b(?:explains?|describes?|covers?|discuss(?:es)?|tells?|shows?|deals?|(?:is|are)\s+for)\b|^\W*(?:see|refer to|consult|visit|check out|read|learn|discover|explore)\b.{0,100}\b(?:chapter|section|appendix|guide|tutorial|article|manual|documentation|docs|page|cookbook|more about|how to|how)\b|\bfor\s+(?:more|further)\s+(?:information|details)\b|\b(?:described|explained|covered)\s+in\s+(?:the\s+)?(?:chapter|section|appendix|guide|next|following)\b|^\W*\[[^\]]+\]\([^)]+\)\W*$/i;

/** True for a text that only says where something is explained. */
export function isCrossReference(text: string): boolean {
  return crossReference.test(text);
}
