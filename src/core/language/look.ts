/**
 * Letters of other scripts that look like Latin ones in small or in capital letters (Unicode UTS #39, confusables), each in small letters,
 * so that it does not matter how somebody types them.
 */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  ...{ а: 'a', в: 'b', е: 'e', к: 'k', м: 'm', н: 'h', о: 'o', р: 'p', с: 'c', т: 't', у: 'y', х: 'x', ь: 'b' },
  ...{ і: 'i', ј: 'j', ѕ: 's', ԁ: 'd', ԛ: 'q', ԝ: 'w', һ: 'h', ӏ: 'l', ѵ: 'v', ү: 'y', ё: 'ë', ї: 'ï' },
  ...{ α: 'a', β: 'b', γ: 'y', ε: 'e', ζ: 'z', η: 'h', ι: 'i', κ: 'k', μ: 'm', ν: 'v', ο: 'o', ρ: 'p', τ: 't' },
  ...{ υ: 'y', χ: 'x', ς: 'σ', ϲ: 'c', ϳ: 'j', օ: 'o', ո: 'n', ս: 'u', հ: 'h', ı: 'i', ɑ: 'a', ɡ: 'g' },
  ...{ '‐': '-', '‒': '-', '–': '-', '—': '-', '−': '-' },
};
const OTHERS = new RegExp(`[${Object.keys(LOOK_ALIKES).join('')}]`, 'gu');
/** What nobody sees: spaces, what Unicode calls ignorable, and a Braille cell without a dot. */
const UNSEEN = /[\s\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]+/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
const PLAIN = /^[\x00-\x7f]*$/;

/**
 * What a text looks like: the same for all that nobody tells apart at a glance. Full-width letters are letters, capitals are small letters,
 * spaces and what nobody sees are nothing, and letters of other scripts are those that they look like.
 */
export function lookOf(text: string): string {
  // Nearly all names are, and thousands of them are compared at once.
  if (PLAIN.test(text)) return text.toLowerCase().replace(/\s+/g, '');
  const small = text.normalize('NFKC').toLowerCase().normalize('NFC').replace(UNSEEN, '');
  return small.replace(OTHERS, (one) => LOOK_ALIKES[one] ?? one);
}
