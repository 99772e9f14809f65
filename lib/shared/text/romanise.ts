/**
 * Letters of other alphabets as Latin ones, so that a name written in both meets itself: `Аллен` and `Allen`.
 * Cyrillic and Greek by sound, Arabic and Hebrew by their consonants; what is not listed keeps a code of its own.
 */

const cyrillic = `а a б b в v г g д d е e ё e ж zh з z и i й i к k л l м m н n о o п p р r с s т t у u ф f х h ц ts ч ch ш sh щ sch ъ - ы y ь -
э e ю yu я ya і i ї i є e ґ g ў u ј j љ lj њ nj ћ c ђ d џ dz`;
const greek = `α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o`;
const arabic = `ا a ٱ a ى a ب b پ p ت t ث th ج j چ ch ح h خ kh د d ذ dh ر r ز z ژ zh س s ش sh ص s ض d ط t ظ z ع - غ gh ف f ق q ڤ v ك k ک k گ g
ل l م m ن n ه h ة a و u ي i ی i ء - ئ i ؤ u`;
const hebrew = `א a ב b ג g ד d ה h ו u ז z ח h ט t י i כ k ך k ל l מ m ם m נ n ן n ס s ע - פ p ף f צ ts ץ ts ק k ר r ש sh ת t`;
const latin = "ß ss æ ae œ oe ø o ł l đ d ð d þ th ı i ħ h ŋ n ſ s";

const letters = new Map<string, string>();
for (const table of [cyrillic, greek, arabic, hebrew, latin]) {
  const cells = table.split(/\s+/);
  for (let index = 0; index + 1 < cells.length; index += 2) {
    const sound = cells[index + 1] ?? "";
    letters.set(cells[index] ?? "", sound === "-" ? "" : sound);
  }
}

/** A digit of any script as 0 to 9; undefined for what is no decimal digit. */
function digitValue(character: string): string | undefined {
  if (!/\p{Nd}/u.test(character)) return undefined;
  // Decimal digits of a script are ten neighbouring code points, and blocks begin at multiples of 16 or at 6 of them.
  let code = character.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - 1))) {
    code -= 1;
    value += 1;
  }
  return String(value);
}

/**
 * A folded word (lower case, accents removed) in the letters a to z and digits. Nothing is lost: a character without a
 * Latin sound becomes `u` and its code.
 */
export function romanise(word: string): string {
  if (/^[a-z0-9]*$/.test(word)) return word;
  let result = "";
  for (const character of word) {
    if (/[a-z0-9]/.test(character)) result += character;
    else if (/[\p{L}\p{N}]/u.test(character)) result += romaniseOne(character);
  }
  return result;
}

function romaniseOne(character: string): string {
  return (
    letters.get(character) ?? digitValue(character) ?? `u${(character.codePointAt(0) ?? 0).toString(36)}`
  );
}
