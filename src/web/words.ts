import { ENGLISH, type Line, type Phrase, phrased, plainly, spoken, type Tongue } from '../core/language/text.ts';
import { tongueOf } from '../core/words/tongues.ts';
import type { HttpRequest } from '../ports/http.ts';
import { type Html, html } from './html.ts';

/** So many languages of a browser are looked at. */
const MOST_RANGES = 20;

/** The language that a browser likes best of those that are spoken here (RFC 9110, "Accept-Language"); English without one. */
export function tongueOfBrowser({ headers }: Pick<HttpRequest, 'headers'>): Tongue {
  const ranges = String(headers['accept-language'] ?? '')
    .split(',', MOST_RANGES)
    .map((range) => {
      const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
      const weight = parameters.find((one) => one.startsWith('q='))?.slice(2);
      return { tag, weight: weight === undefined ? 1 : Number(weight) };
    });
  const liked = ranges.filter(({ weight }) => weight > 0).toSorted((a, b) => b.weight - a.weight);
  for (const { tag } of liked) {
    const tongue = tongueOf(tag);
    if (tongue) return tongue;
  }
  return ENGLISH;
}

/** A sentence as a part of a page, with what is to be typed as code. */
export function inHtml(phrase: Phrase, tongue: Tongue): Html {
  return html`${phrased(phrase, tongue)
    .split(/`([^`]+)`/)
    .map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}

/** A line as plain text. */
export function lineIn(line: Line, tongue: Tongue): string {
  return plainly(spoken(line, tongue));
}
