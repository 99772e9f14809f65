import { stemWord } from "./stem-word.ts";

/** Forms that no suffix rule joins: the first of each group stands for the others. */
const irregularForms = `be been being|begin began begun|break broke broken|bring brought|build built|buy bought|catch caught|choose
chose chosen|come came|cut cutting|deal dealt|draw drew drawn|drive drove driven|eat ate eaten|fall fell fallen|feel felt|fight fought|find
found|fly flew flown|forget forgot forgotten|freeze froze frozen|give gave given|go went gone|grow grew grown|hear heard|hide hid hidden|hold
held|keep kept|know knew known|lay laid|lead led|leave left|lend lent|lose lost|make made|mean meant|meet met|pay paid|ride rode ridden|rise rose
risen|run ran running|say said|see saw seen|seek sought|sell sold|send sent|shake shook shaken|shoot shot|show shown|sing sang sung|sink sank
sunk|sit sat|sleep slept|speak spoke spoken|spend spent|stand stood|steal stole stolen|stick stuck|strike struck|swim swam swum|take took
taken|teach taught|tear tore torn|tell told|think thought|throw threw thrown|understand understood|wear wore worn|win won winning|write wrote
written|withdraw withdrew withdrawn|child children|man men|woman women|foot feet|tooth teeth|mouse mice|person people|datum data|index
indices indexes|criterion criteria|analysis analyses|crisis crises|die died dying|lie lying|tie tying|big bigger biggest|good better best|bad
worse worst|far farther farthest further`;

/** Words that often stand for one another between a question and its answer. Loose on purpose: a match counts half. */
const relatedGroups = `begin start commence launch initiate open|end finish complete conclude terminate cease close|buy purchase acquire
obtain|replace swap exchange substitute change renew|approve authorise sign permit consent accept grant|cost price fee charge expense
pay|delete remove erase discard|create make build produce generate construct develop|show display view present|repair fix mend
restore maintain service|found establish set create form|lead head chair direct run manage|invent devise develop discover|die death
dead kill fatal|born birth|author write publish|big large huge great|small little tiny|job occupation role position profession|car vehicle
automobile|aircraft airplane plane jet|locate situate place site lie|name call title know|employee staff worker personnel|money revenue fund
income|illness disease sickness|doctor physician|error fault failure defect problem malfunction|cause reason result due because
lead|increase rise grow raise|decrease fall drop reduce decline|need require must necessary|use employ apply utilise|allow let enable permit
can|help assist support aid|stop halt prevent block|send mail deliver transmit|get receive obtain gain|choose select pick|think believe
consider|say state report claim|win victory defeat beat|lose loss defeat|fight war battle conflict|live reside dwell inhabit
home|teach instruct train|learn study|money payment|rule govern reign|type kind sort category|part component piece|main chief primary
major principal key|often frequent regular|quick fast rapid speed|old age aged|near close beside|connect link join attach|separate divide
split|check inspect verify examine test|alter modify edit change adjust|upload add import|download export save|share publish
send|broken damage fail|user person account|photo picture image|password login credential|meeting session conference|happen occur take
place|contain include comprise hold consist|measure metric gauge|limit maximum cap|deadline due|contract agreement|court
judge tribunal|law act statute legislation|accident crash incident collision|injure hurt wound|leader president chief
head|money finance financial|weigh weight heavy|length long tall height|wide width|deep depth|own owner belong possess|travel journey
trip|answer reply respond response|ask request question`;

const numberWords =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split(
    " ",
  );

function toGroups(text: string): string[][] {
  return text.split("|").map((group) => group.trim().split(/\s+/));
}

const baseForms = new Map<string, string>();
for (const [base, ...forms] of toGroups(irregularForms)) {
  if (base !== undefined) for (const form of forms) baseForms.set(form, base);
}
for (const [value, word] of numberWords.entries()) baseForms.set(word, String(value));

/** The base of an irregular form (`wrote` gives `write`, `two` gives `2`), or the word itself. */
export function baseForm(word: string): string {
  return baseForms.get(word) ?? word;
}

const relatives = new Map<string, Set<string>>();
for (const group of toGroups(relatedGroups)) {
  const stems = group.map((word) => stemWord(baseForm(word)));
  for (const stem of stems) {
    const row = relatives.get(stem) ?? new Set<string>();
    for (const other of stems) if (other !== stem) row.add(other);
    relatives.set(stem, row);
  }
}

/** Stems that may stand for this one (never itself). */
export function relatedStems(stem: string): ReadonlySet<string> {
  return relatives.get(stem) ?? noStems;
}

const noStems: ReadonlySet<string> = new Set();
