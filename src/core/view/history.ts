import { say } from '../language/say.ts';
import { type Line, tidy } from '../language/text.ts';
import { isInForce, type Request } from '../request/request.ts';
import { portText } from '../rule/port.ts';
import type { Section } from './report.ts';
import type { Fact, Note } from './view.ts';
import { fromText, nameOf, who } from './words.ts';

const ORDINALS = new Intl.PluralRules('en', { type: 'ordinal' });
const ENDINGS: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd' };
const WORDS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];
/** From so many on it is worth saying, whatever became of the others. */
const SAID_FROM = 3;
const LONGEST_TAG = 120;
const MOST_OPEN = 8;

/** `Third request for web-1 in 24 hours, 2 denied.` Nothing where there is nothing to say. */
export function notesOfHistory(request: Request): readonly Note[] {
  const { earlier, status } = request;
  if (!earlier || status !== 'pending') return [];
  const { count, denied } = earlier;
  if (count + 1 < SAID_FROM && denied === 0) return [];
  const no = ordinal(count + 1);
  const refused = denied === 0 ? '' : `, ${denied} denied`;
  const text = `${no.charAt(0).toUpperCase()}${no.slice(1)} request for ${nameOf(request)} in 24 hours${refused}.`;
  return [{ tone: denied > 0 ? 'warning' : 'info', text: [text] }];
}

/** The machine's tags that the configuration names. */
export function tagFacts({ tags }: Request): readonly Fact[] {
  if (!tags) return [];
  const words = Object.entries(tags).map(([key, value]) => `${tidy(key, LONGEST_TAG)}=${tidy(value, LONGEST_TAG)}`);
  return [{ label: 'Tags', value: [words.join(', ')] }];
}

/** Who else gets in on the machine now, for whoever decides; nothing where nobody does. */
export function alsoOpen(request: Request, others: readonly Request[]): readonly Section[] {
  const open = others.filter(isInForce).filter(({ id }) => id !== request.id);
  if (open.length === 0) return [];
  const rows = open.slice(0, MOST_OPEN).map((one) => {
    const line: Line = [
      say`${one.ports.map(portText).join(', ')} from ${fromText(one)} for ${who(one.requester)} until ${{ at: one.lease.until }} (\`${one.id}\`).`,
    ];
    return { line };
  });
  const more = open.length - rows.length;
  return [
    {
      heading: say`Also open on ${nameOf(request)} (${open.length})`,
      rows: [...rows, ...(more > 0 ? [{ line: [say`… and ${more} more.`] }] : [])],
    },
  ];
}

function ordinal(n: number): string {
  return WORDS[n - 1] ?? `${n}${ENDINGS[ORDINALS.select(n)] ?? 'th'}`;
}
