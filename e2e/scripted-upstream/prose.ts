const places = ["north hall", "boiler room", "pump house", "workshop", "yard", "east wing", "control room"];
const things = ["pump", "valve", "filter", "compressor", "gauge", "heater", "belt", "motor"];
const verbs = ["was replaced", "was inspected", "failed", "was cleaned", "was moved", "ran hot", "was oiled"];
const months = ["January", "March", "April", "May", "June", "September", "November"];
const people = ["the fitter", "the night shift", "an outside firm", "two apprentices", "the foreman"];

/** A word of a list, chosen by a number so that every run tells the same. */
function pick(list: readonly string[], sentence: number, factor: number): string {
  return list[(sentence * factor + Math.floor(sentence / list.length)) % list.length] ?? "";
}

function sentenceAt(index: number): string {
  const thing = pick(things, index, 3);
  const place = pick(places, index, 2);
  const month = pick(months, index, 4);
  const verb = pick(verbs, index, 5);
  const person = pick(people, index, 2);
  switch (index % 4) {
    case 0:
      return `The ${thing} in the ${place} ${verb} in ${month}.`;
    case 1:
      return `In ${month}, ${person} found that the ${thing} ${verb} again.`;
    case 2:
      return `It stayed in the ${place} until ${person} came.`;
    default:
      return `After that the ${thing}, which had stood in the ${place}, ${verb} without a note in the log.`;
  }
}

/** Pieces as tokenizers make them: a blank before a word belongs to it, long words are two. */
function cutSentence(sentence: string): string[] {
  const words = sentence.match(/\s*\S+/g) ?? [];
  return words.flatMap((word) => (word.length > 8 ? [word.slice(0, 5), word.slice(5)] : [word]));
}

/** So many pieces of a report whose sentences share many words. The last may stop in mid-sentence. */
export function prosePieces(count: number): string[] {
  const pieces: string[] = [];
  for (let index = 0; pieces.length < count; index += 1) {
    pieces.push(...cutSentence(index === 0 ? sentenceAt(index) : ` ${sentenceAt(index)}`));
  }
  return pieces.slice(0, count);
}
