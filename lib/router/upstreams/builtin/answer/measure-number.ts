const months =
  "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec";
/** Digits that count nothing: dates, years after "in" or a month, reference codes such as AB-12, clause numbers. */
const notCounting = new RegExp(
  `\\b\\d{4}-\\d{2}-\\d{2}\\b|\\b\\d{1,2}[./]\\d{1,2}[./]\\d{2,4}\\b|\\b(?:\\d{1,2}\\s+)?(?:${months})\\s+\\d{1,4}(?:,?\\s+\\d{4})?\\b|\\b(?:in|since|until|during|by|of|from)\\s+(?:1[0-9]{3}|20[0-9]{2})\\b(?!\\s+\\p{Ll})|\\b\\p{L}+\\d*(?:[-/]\\p{L}*\\d+)+\\b|\\[\\d+\\]|^\\W*\\d+(?:\\.\\d+)+\\s+(?=\\p{L})`,
  "giu",
);
const numberPattern =
  /\d+(?:[.,]\d+)*\s*%?|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fifteen|twenty|thirty|forty|fifty|sixty|hundred|thousand|million|billion|half|third|quarter|dozens?|once|twice|daily|weekly|monthly|yearly|annually|double|triple|none)\b/giu;
const amountPattern =
  /[$€£¥]\s?\d|\d{1,3}(?:,\d{3})+|\d\s?[$€£¥%]|\b(?:EUR|USD|GBP|CHF|JPY)\s?\d|\d\s?(?:EUR|USD|GBP|CHF|JPY)\b|\d\s?(?:per\s?cent|percent|million|billion|thousand|euros?|dollars?|pounds?|cents?)\b/iu;
const durationPattern = /\b(?:\d+|\p{L}+)\s+(?:second|minute|hour|day|week|month|year)s?\b/giu;

const bareNumberShare = 0.6;

/**
 * How surely the text gives a figure the question did not: dates and reference codes are none. Asked "how much", an
 * amount (money, a share) is 1, any other number less, and a length of time none.
 */
export function measureNumber(text: string, questionWords: ReadonlySet<string>): number {
  const isHowMuch = questionWords.has("much") && !questionWords.has("time");
  const undated = text.replace(notCounting, " ");
  const counting = isHowMuch ? undated.replace(durationPattern, " ") : undated;
  const isNew = [...counting.matchAll(numberPattern)].some(
    (match) => !questionWords.has(match[0].trim().toLowerCase()),
  );
  if (!isNew) return 0;
  return !isHowMuch || amountPattern.test(counting) ? 1 : bareNumberShare;
}
