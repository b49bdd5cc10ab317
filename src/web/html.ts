/** A piece of a page that is safe as it stands: `html` alone makes one. */
export class Html {
  readonly text: string;

  /** NB. takes the text as it is. */
  constructor(text: string) {
    this.text = text;
  }
}

type Piece = string | number | Html | readonly Piece[] | undefined;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * A page or a part of one. Whatever is put in is text and escaped, for content and for attributes in double quotes (OWASP,
 * "Cross Site Scripting Prevention"); only what `html` made goes in as it is. Nothing belongs into a script, a style, or an
 * attribute without quotes.
 */
export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return new Html(parts.map((part, i) => part + textOf(pieces[i])).join(''));
}

function textOf(piece: Piece): string {
  if (piece === undefined) return '';
  if (piece instanceof Html) return piece.text;
  if (typeof piece === 'string' || typeof piece === 'number')
    return String(piece).replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
  return piece.map(textOf).join('');
}
