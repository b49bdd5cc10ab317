/** What HTML and Slack write in place of a character ("Escaping text"). */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  '#39': "'",
  '#160': ' ',
};

/** Each once: what was written as `&amp;lt;` stays `&lt;`. */
export function decoded(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos|nbsp|#39|#160);/g, (_, name: string) => ENTITIES[name] ?? '');
}

const LINK = /<((?:https?|ssh|rdp|mailto|tel):[^|>]*)(?:\|([^>]*))?>/gi;
const MARKDOWN = /\[([^\]]+)\]\(((?:https?|ssh|rdp|mailto):[^)\s]*)\)/gi;
const ANCHOR = /<a\s[^>]*>([^<]*)<\/a>/gi;
/** A request or a machine, by its looks. */
const NAME = /^#?(?=\w*\d)[2-9a-hj-km-np-z]{7}$|^\p{L}[\w.]*-(?=.*\d)[\w.-]+$/iu;
/** The page of one request on the board: it says which, unless its label names another. */
const PAGE = /https:\/\/[^\s"'<>|)]*\/board\/lease\/[2-9a-z]{7}(?![2-9a-z])/i;

/** Links that a chat made of a name or an address, as they were typed. */
export function unlinked(text: string): string {
  return text
    .replace(
      LINK,
      (_, url: string, label?: string) => pageOf(url, label) ?? label ?? url.replace(/^(?:mailto|tel):/i, ''),
    )
    .replace(MARKDOWN, (_, label: string, url: string) => pageOf(url, label) ?? label)
    .replace(ANCHOR, (link, label: string) => pageOf(link, label) ?? label);
}

const FIRST_LINK = new RegExp(`^(?:${[LINK, MARKDOWN, ANCHOR].map(({ source }) => source).join('|')})`, 'i');

/** The link that a text begins with, as it was written. */
export function firstLink(text: string): string | undefined {
  return FIRST_LINK.exec(text)?.[0];
}

/** Where the label names something else than the page, both are said, so that one has to be chosen. */
function pageOf(url: string, label = ''): string | undefined {
  const [page] = PAGE.exec(url) ?? [];
  const isOther =
    page !== undefined &&
    NAME.test(label.trim()) &&
    !page.toLowerCase().endsWith(label.trim().replace('#', '').toLowerCase());
  return isOther ? `${label.trim()} or ${page}` : page;
}

/** The same where people read it: the address that a label hides is said. */
export function spelledOut(text: string): string {
  return text
    .replace(LINK, (_, url: string, label?: string) => {
      const bare = url.replace(/^(?:mailto|tel):/i, '');
      return label === undefined || bare.replace(/^https?:\/\//i, '') === label || bare === label
        ? (label ?? bare)
        : `${label} (${bare})`;
    })
    .replace(ANCHOR, '$1');
}

/** Opening marks, and what closes each. */
const PAIRS: readonly (readonly [string, string])[] = [
  ['```', '```'],
  ['`', '`'],
  ['"', '"'],
  ["'", "'"],
  ['“', '”'],
  ['„', '“'],
  ['„', '”'],
  ['«', '»'],
  ['»', '«'],
  ['‹', '›'],
  ['‘', '’'],
  ['‚', '‘'],
  ['「', '」'],
  ['『', '』'],
  ['❝', '❞'],
  ['‟', '”'],
  ['〝', '〞'],
  ['**', '**'],
  ['*', '*'],
  ['_', '_'],
  ['~', '~'],
];

/** Without marks around the whole of it, where none of them stands within. */
export function unwrapped(text: string): string {
  for (const [open, close] of PAIRS) {
    const within = text.slice(open.length, -close.length);
    if (text.length <= open.length + close.length || !text.startsWith(open) || !text.endsWith(close)) continue;
    if (!within.includes(open) && !within.includes(close)) return unwrapped(within.trim());
  }
  return text;
}

/** Dashes of every kind, which phones make of `-` and `--`. */
const DASHES = /[\u2010-\u2015\u2212\uFE58\uFE63\uFF0D]/g;

/** Without dashes that were made long. */
export function plainDashes(text: string): string {
  return text.replace(DASHES, '-');
}

/** One word without the marks around it: emphasis, brackets, the end of a sentence. `*` alone is a word. */
export function bare(word: string): string {
  if (/^(?:[*?]|\/\?)$/.test(word)) return word;
  const plain = plainDashes(word)
    .replace(/^[*_~`'"“”„‟«»‹›‘’‚‛❝❞〝〞″′´(\\]+/, '')
    .replace(/(?:(?<![-.])\*|[_~`'"“”„‟«»‹›‘’‛❝❞〝〞″′´)\\!;…]|[?.]|(?<!:):)+$/, '')
    .replace(/^(?:\{(.+)\}|\[([^[\]:]+)\])$/, (_, braced?: string, bracketed?: string) => braced ?? bracketed ?? '')
    .replace(/^\[([0-9a-f:.]*:[0-9a-f:.]*)\]$/i, '$1')
    // `[for 2h]`
    .replace(/^\[(?=[a-z]+$)/i, '')
    .replace(/^([\w:]+)\]$/, '$1');
  const pointed = /^<([^@!#<>|][^<>|]*)>$/.exec(plain);
  return pointed?.[1] ?? plain;
}
