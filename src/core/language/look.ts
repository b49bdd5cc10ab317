import confusable from 'unhomoglyph/data.json' with { type: 'json' };

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
 * What a text looks like, for the search: the same for all that nobody tells apart at a glance. Full-width letters are letters, capitals are small letters,
 * spaces and what nobody sees are nothing, and letters of other scripts are those that they look like.
 */
export function lookOf(text: string): string {
  // Nearly all names are, and thousands of them are compared at once.
  if (PLAIN.test(text)) return text.toLowerCase().replace(/\s+/g, '');
  const small = text.normalize('NFKC').toLowerCase().normalize('NFC').replace(UNSEEN, '');
  return small.replace(OTHERS, latinOf);
}

function latinOf(one: string): string {
  return LOOK_ALIKES[one] ?? one;
}

/** The table of UTS #39 (confusables.txt): what each character that looks like others stands for. */
const CONFUSABLE: ReadonlyMap<string, string> = new Map(Object.entries(confusable));
/** Latin small capitals, which that table keeps apart from their letters: each beside its own. */
const CAPITALS = 'ᴀaʙbᴄcᴅdᴇeꜰfɢgʜhɪiᴊjᴋkʟlᴍmɴnᴏoᴘpꞯqʀrꜱsᴛtᴜuᴠvᴡwʏyᴢz';
const SMALL: ReadonlyMap<string, string> = new Map(
  Array.from({ length: CAPITALS.length / 2 }, (_, i) => [CAPITALS.charAt(2 * i), CAPITALS.charAt(2 * i + 1)]),
);
const PLAIN_ALIKE: Readonly<Record<string, string>> = { 0: 'o', 1: 'l', i: 'l', m: 'rn' };
/** Dashes, and what is drawn as one: minus, hyphen bullet, the bars of Katakana, Hangul, Han, and boxes. */
const DASHES = /[\p{Pd}\u2043\u2212\u02d7\u30fc\u3161\u4e00\u2f00\u2500]/gu;
const BULLETS = /[·•‣∙⋅・‧◦●⚫▪■]/gu;

/**
 * What names are told apart by: the same for all that may be taken for one another, which is more than what the search finds. It is the skeleton of
 * UTS #39 in which capitals are small letters, `I`, `l`, `1`, and `|` are one letter, and so are `O` and `0`.
 */
export function skeletonOf(text: string): string {
  // Nearly all names are such letters, digits, and hyphens alone, and thousands of them are compared at once.
  if (/^[a-z0-9-]*$/i.test(text)) return text.toLowerCase().replace(/[01im]/g, (one) => PLAIN_ALIKE[one] ?? one);
  const latin = text.toLowerCase().normalize('NFC').replace(OTHERS, latinOf).normalize('NFKC');
  const plain = latin.replace(UNSEEN, '').replace(DASHES, '-').replace(BULLETS, '·');
  // What a small letter stands for may be a capital, and the other way round.
  return standFor(standFor(plain)).replaceAll('i', 'l');
}

function standFor(text: string): string {
  const letters = text.toLowerCase().normalize('NFC').replace(OTHERS, latinOf).normalize('NFD');
  const all = Array.from(letters, (one) => {
    const letter = SMALL.get(one) ?? one;
    return CONFUSABLE.get(letter) ?? letter;
  });
  return all.join('').toLowerCase().normalize('NFD');
}
