/**
 * What the words of a question say about the work it asks for. English in detail; Arabic, Chinese, French, German,
 * Portuguese, Russian, Spanish and Turkish by the stems of the same words, so that a question does not change its tier with its language.
 */
export interface QuestionRule {
  /** What the rule found, for people: ASCII, no commas or semicolons. */
  readonly reason: string;
  readonly points: number;
  /** @param question in lower case. */
  readonly applies: (question: string) => boolean;
}

/** Words that begin with one of the stems; scripts without spaces have no beginning to look for. */
function stems(spaced: readonly string[], unspaced: readonly string[]): RegExp {
  return new RegExp(`(?<!\\p{L})(?:${spaced.join("|")})|${unspaced.join("|")}`, "u");
}

const compares = stems(
  [
    "compar(?!tment|atively)",
    "contrast",
    "versus",
    "vs\\.?(?!\\p{L})",
    "differences? (?:between|in|of)",
    "differs?(?!\\p{L})",
    "trade-?offs?",
    "pros and cons",
    "(?:dis)?advantages (?:of|and|over)",
    "relates? to",
    "relationship between",
    "correlat",
    "corresponds? (?:with|to)",
    "aligns? with",
    "connect with",
    "vergleich",
    "unterschied\\p{L}* zwischen",
    "unterscheide(?:n|t) sich",
    "vor- und nachteile",
    "diferencias? entre",
    "ventajas y",
    "différences? entre",
    "avantages et",
    "diferenças? entre",
    "сравни",
    "чем отлича",
    "разниц\\p{L}* между",
    "karşılaştır",
    "arasındaki fark",
  ],
  ["比较", "对比", "区别", "差异", "优缺点", "قارن", "الفرق بين"],
);

const analyses = stems(
  [
    "analy[sz](?:e|ing)(?!r)",
    "evaluate",
    "assess(?!or)",
    "critique",
    "prove(?: that)?(?!\\p{L})",
    "derive(?: the| a| an)(?!\\p{L})",
    "justify",
    "explain (?:why|how|the)",
    "implications?(?!\\p{L})",
    "repercussions?",
    "trade-?offs?",
    "trends?(?:ed)?(?!\\p{L})",
    "over time",
    "fluctuat",
    "evol(?:ve|ution of)",
    "chang\\p{L}+ (?:across|over|during|throughout)",
    "(?:across|during|over|in) (?:the |these |those |past |previous |prior |reported |historical |reporting )+(?:quarters|periods|years|reports?|10-qs)",
    "across (?:quarters|years|periods|documents)",
    "quarter to quarter",
    "summari[sz]e",
    "outline(?!d)",
    "step by step",
    "analysier",
    "bewerte",
    "beweise",
    "erkläre",
    "fasse",
    "analiza",
    "analice",
    "evalúa",
    "demuestra",
    "explica (?:por|cómo)",
    "resum(?:e|a|ir)(?!\\p{L})",
    "analyse[rz]",
    "démontre",
    "évalue",
    "explique[rz]?(?!\\p{L})",
    "résume",
    "analise",
    "avalie",
    "проанализиру",
    "докажи",
    "оцени(?:те)?(?!\\p{L})",
    "объясни",
    "analiz et",
    "kanıtla",
    "değerlendir(?:in|iniz)?(?!\\p{L})",
    "açıkla(?:yın|yınız)?(?!\\p{L})",
    "özetle",
  ],
  ["分析", "评估", "证明", "解释", "总结", "概括", "趋势", "حلل", "أثبت", "اشرح", "قيّم", "لخص"],
);

const makes = stems(
  [
    "(?:write|draft|compose|design|implement|refactor|debug|optimi[sz]e|rewrite|plan|propose|translate)(?: me)? (?:a|an|the|this|my|our|some|code|into)(?!\\p{L})",
    "(?:schreib|entwirf|entwerf|übersetz|implementier)\\p{L}* (?:mir |uns )?(?:eine?n?|das|die|den)(?!\\p{L})",
    "(?:escribe|redacta|diseña|traduce|implementa)(?:me)? (?:una?|el|la|este)(?!\\p{L})",
    "(?:écris|rédige|conçois|traduis|implémente)[rz]?(?:-moi)? (?:une?|le|la|ce)(?!\\p{L})",
    "(?:escreva|redija|projete|traduza) (?:uma?|o|a)(?!\\p{L})",
    "(?:напиши|составь|спроектируй|переведи)(?:те)?(?!\\p{L})",
    "(?:yaz|tasarla|çevir)(?:ın|ınız|in|iniz)?(?=[.!?]?$)",
  ],
  ["写一", "设计一", "翻译", "اكتب", "صمم", "ترجم"],
);

const askWhy = stems(
  [
    "why",
    "how come",
    "warum",
    "weshalb",
    "por qué",
    "pourquoi",
    "por que",
    "почему",
    "зачем",
    "neden",
    "niçin",
  ],
  ["为什么", "为何", "لماذا"],
);

const howItWorks = /(?<!\p{L})how (?:do|does|did|can|could|would|should|might|are|is|has|have|to)(?!\p{L})/u;

const code =
  /```|=>|[;{}]\s*\n|(?<!\p{L})(?:def|function|class|import|return|const|let|var) [\w{*(]+[^\n]*[({:;=]|(?<!\p{L})select .+ from |#include|\bstack ?trace\b|\btraceback\b|<\/\w+>/u;

const mathematics =
  /\\(?:frac|int|sum|sqrt|lim|begin)|[∫∑√∂∞≤≥≠∈]|\^|²|³|[a-z]\s?=\s?[-\d(]|(?<!\p{L})(?:integral of|derivative of|eigenvalue|theorem|lemma|solve for|probability (?:that|of)|integral von|ableitung von|integral de|derivada de|производн|интеграл от|求导|积分)/u;

const COMPARATIVE =
  "(?:older|younger|earlier|later|first|last|longer|shorter|larger|bigger|smaller|higher|lower|taller|more|less|fewer|most|better|worse|cheaper|faster|sooner)";
const choosesBetween = new RegExp(
  `(?<!\\p{L})${COMPARATIVE}(?!\\p{L}).*(?:(?<!\\p{L})or(?!\\p{L})|out of)|(?<!\\p{L})or(?!\\p{L}).*(?<!\\p{L})${COMPARATIVE}\\s*\\?`,
  "u",
);
const sameForBoth =
  /(?<!\p{L})both(?!\p{L}).*(?<!\p{L})(?:same|from)(?!\p{L})|^(?:are|do|does|did|is|was|were|have)(?!\p{L}).*(?<!\p{L})and(?!\p{L}).*(?<!\p{L})(?:same|share)(?!\p{L})/u;

const RELATION =
  "(?:director|composer|performer|author|writer|singer|producer|founder|creator|inventor|publisher|owner|employer|successor|predecessor|father|mother|parent|husband|wife|spouse|son|daughter|child|brother|sister|sibling|(?:grand|step|god)(?:father|mother|son|daughter|child|parent)s?|uncle|aunt|nephew|niece|cousin|(?:child|father|mother|son|daughter|brother|sister)-in-law)";
const relations = new RegExp(
  `(?<=['’]s?) (?:\\p{L}+ )?${RELATION}(?!\\p{L})|(?<!\\p{L})${RELATION}(?:['’]s|s? (?:of|for))(?!\\p{L})`,
  "gu",
);
const whoseRelation = new RegExp(`(?<!\\p{L})(?:whose|has the|have the) ${RELATION}s?(?!\\p{L})`, "u");
const asksForRelation = new RegExp(
  `^(?:and |so )?(?:who(?:m|['’]s)?|what|which)?\\s*(?:is|was|are|were)?\\s*(?:the )?(?:name of )?(?:the )?(?:[^?]*?['’]s? |\\p{L}+ )?${RELATION}`,
  "u",
);
const farRelation =
  /(?:(?<!\p{L})(?:grand|step)(?:father|mother|parent|son|daughter|child)|-in-law)(?!\p{L})/u;
const asksWhoIs = /^who(?!\p{L})|name of/u;

/** True when the answer needs somebody or something found first: "where was the director of X born?". */
function followsRelations(question: string): boolean {
  const found = question.match(relations)?.length ?? 0;
  if (whoseRelation.test(question)) return true;
  if (farRelation.test(question)) return true;
  if (found === 0) return false;
  const isDirect = asksWhoIs.test(question) && asksForRelation.test(question);
  return found > (isDirect ? 1 : 0);
}

const listItems = /^\s*(?:[-*•]|\d{1,2}[.)]|[a-h]\))\s+\S/gmu;
const furtherPart =
  /(?:,|;)? (?:and|or) (?:if so|how|what|why|which|when|where|who|describe|list|explain)(?!\p{L})|(?<!\p{L})(?:if so|separately|respectively|for each)(?!\p{L})|(?<!\p{L})(?:und|y|et|e|и|ve) (?:wie|was|warum|wann|cómo|qué|por qué|comment|pourquoi|como|почему|как|nasıl|neden)(?!\p{L})/u;

const questionMarks = (question: string) => question.match(/[?？؟]/gu)?.length ?? 0;

/** In the order in which the reasons are told. */
export const questionRules: readonly QuestionRule[] = [
  { reason: "compares", points: 3, applies: (question) => compares.test(question) },
  { reason: "chooses between things", points: 3, applies: (question) => choosesBetween.test(question) },
  {
    reason: "asks whether things are the same",
    points: 3,
    applies: (question) => sameForBoth.test(question),
  },
  { reason: "follows a relation", points: 3, applies: followsRelations },
  { reason: "asks for an analysis", points: 3, applies: (question) => analyses.test(question) },
  { reason: "asks for a piece of work", points: 3, applies: (question) => makes.test(question) },
  { reason: "has code", points: 3, applies: (question) => code.test(question) },
  { reason: "has mathematics", points: 3, applies: (question) => mathematics.test(question) },
  { reason: "three questions or more", points: 3, applies: (question) => questionMarks(question) > 2 },
  {
    reason: "a list of tasks",
    points: 2,
    applies: (question) => (question.match(listItems)?.length ?? 0) > 1,
  },
  { reason: "two questions", points: 2, applies: (question) => questionMarks(question) === 2 },
  { reason: "asks why", points: 2, applies: (question) => askWhy.test(question) },
  { reason: "asks for a further part", points: 1, applies: (question) => furtherPart.test(question) },
  { reason: "asks how", points: 1, applies: (question) => howItWorks.test(question) },
];
