/**
 * A static notion of how common words are, since the built-in models know no corpus. Three tiers:
 * function words carry no topic; question furniture ("year", "kind", "name") says what sort of answer is
 * wanted, not what it is about; frequent words of general English carry little topic.
 */

/** Function words by language. Questions are read with those of their own language only: `die` is a word in English. */
const functionWordLists = {
  en: `a about above after again against all also although always am among an and another any are aren't around as at be because been
  before being below between both but by can can't cannot could couldn't did didn't do does doesn't doing don't done down during each
  either else ever every few for from further get gets getting got had hadn't has hasn't have haven't having he he'd he'll he's her
  here here's hers herself him himself his how how's however i i'd i'll i'm i've if in into is isn't it it's its itself just let let's
  may me might more most must mustn't my myself neither no nor not now of off often on once only onto or other others ought our ours
  ourselves out over own per please quite rather really same shall shan't she she'd she'll she's should shouldn't since so some such
  than that that's the their theirs them themselves then there there's therefore these they they'd they'll they're they've this those
  though through thus to too toward towards under until up upon us very via was wasn't we we'd we'll we're we've were weren't what
  what's when when's where where's whether which while who who's whom whose why why's will with within without won't would wouldn't
  yes yet you you'd you'll you're you've your yours yourself yourselves`,
  de: `der die das und ist ein eine einer eines einem den dem des im in zu mit von auf für als auch nicht sich wie wo wer wann was welche
  welcher welches warum wurde wurden war waren wird hat haben`,
  es: `el la los las un una unos unas de del y en que es por para con se su sus al lo como fue son qué quién cuándo dónde cómo cuál cuáles`,
  fr: `le les du des et est dans qui que pour sur avec au aux une ce cette ces sont quel quelle quels quelles quand où comment`,
  ru: `и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по ее мне было вот от кто где когда почему какой какая
  какие сколько`,
};

/** Languages whose function words are known. */
export type KnownLanguage = keyof typeof functionWordLists;

function readFunctionWords(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/).map((word) => word.normalize("NFKD").replace(/\p{M}/gu, "")));
}

/** Lower-case words without accents, as {@link foldWord} gives them. */
export const functionWordsOf: ReadonlyMap<KnownLanguage, ReadonlySet<string>> = new Map(
  (Object.keys(functionWordLists) as KnownLanguage[]).map((language) => [
    language,
    readFunctionWords(functionWordLists[language]),
  ]),
);

const functionWords = new Set([...functionWordsOf.values()].flatMap((words) => [...words]));

const questionFurniture = new Set(
  `amount answer call called date day describe detail details document documents documentation explain example file find give happen
  happened happens kind know known list long many mean means mention mentioned month much name named number person people place
  question reason said say says show sort source sources state stated steps step tell text thing things time type types use used using way
  ways week word words year years according`.split(/\s+/),
);

const frequentWords = new Set(
  `able across act action add added additional allow allowed allows already area ask asked available away back based become became
  begin began best better big bring build built came care case cause certain change changes city clear come comes common company
  complete consider contain contains control country course create created current currently data dead deal decide decided design
  develop different difference do due early effect end ensure even event events fact far feel field first five following follow follows
  form found four free full general given gives go goes going good great group grow had half hand hard head help helps high higher
  hold home hour hours house however human idea important include included includes including increase information instead interest
  involve issue item items keep key large largest last late later lead leading learn leave led left less level life like likely line
  little live local look low made main major make makes making man manage matter men method million minute modern move near nearly need
  needed needs never new next night nothing note old one open order original part particular parts past pay perform period place
  plan play point points position possible power present problem process produce product program provide provided provides public put
  range read real receive recent recently record region related remain report required result results return right role room rule
  run second section see seen send service set several short side similar simple single six size small social something soon special
  specific stage stand start started still stop study support sure system systems take taken taking team ten term terms test third
  three today together top total toward true try turn two understand unit until usually value various version view want wanted war
  water well went white whole wide woman women work worked working works world write written wrong young`.split(
    /\s+/,
  ),
);

/** True for words that carry no topic at all (English, and the commonest of German, Spanish, French and Russian). */
export function isFunctionWord(word: string): boolean {
  return functionWords.has(word);
}

/** How much topic a lower-case word carries before any text is looked at: 0 (none) to 1 (an ordinary content word). */
export function topicWeight(word: string): number {
  if (functionWords.has(word)) return 0;
  if (questionFurniture.has(word)) return 0.25;
  if (frequentWords.has(word)) return 0.6;
  return 1;
}
