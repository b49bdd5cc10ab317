import type { Instant } from '../language/instant.ts';
import { lookOf } from '../language/look.ts';
import { type CloudName, cloudWordOf } from '../machine/machine.ts';
import type { BoardRow } from './row.ts';
import { readSpan } from './span.ts';

/** Which rows are asked for. All that is said must be so. */
export interface BoardFilter {
  /** In the machine's or the person's name, or the source, by how these look; or the whole id. */
  readonly text?: string;
  /** A machine's id. */
  readonly machine?: string;
  /** Id of whose access it is. */
  readonly person?: string;
  readonly policy?: string;
  readonly cloud?: CloudName;
  /** What is looked back at: what was open, or over, within. */
  readonly from: Instant;
  readonly to: Instant;
}

const LONGEST_TEXT = 80;

/** The filter in an address: what is none of its words is passed over, and a time that is none is the usual one: the last 30 days. */
export function readFilter(query: URLSearchParams, now: Instant): BoardFilter {
  const word = (name: string) =>
    query
      .get(name)
      ?.trim()
      .slice(0, LONGEST_TEXT * 4) || undefined;
  const text = word('q')?.slice(0, LONGEST_TEXT).toLowerCase();
  const [machine, person, policy, cloud] = ['machine', 'person', 'policy', 'cloud'].map(word);
  return {
    // Of what nobody sees, nothing is looked for.
    ...(text === undefined || lookOf(text) === '' ? {} : { text }),
    ...(machine === undefined ? {} : { machine }),
    ...(person === undefined ? {} : { person }),
    ...(policy === undefined ? {} : { policy }),
    ...(cloud === 'azure' || cloud === 'aws' || cloud === 'gcp' ? { cloud } : {}),
    ...readSpan(query, now),
  };
}

/** The same filter is the same text, whatever the order it came in: for the audit. Times count by the day. */
export function filterText({ text, machine, person, policy, cloud, from, to }: BoardFilter): string {
  const parts = { text, machine, person, policy, cloud, from: dayOf(from), to: dayOf(to) };
  return Object.entries(parts)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]))
    .join(', ');
}

export function isMeantBy(filter: BoardFilter, row: BoardRow): boolean {
  const { text, machine, person, policy, cloud } = filter;
  if (machine !== undefined && row.machine !== machine) return false;
  if (person !== undefined && row.requester.id !== person) return false;
  if (policy !== undefined && !row.policies.includes(policy)) return false;
  if (cloud !== undefined && cloudWordOf(row.machine) !== cloud) return false;
  if (text === undefined || row.id === text) return true;
  return looksLike(text, [row.machineName, row.requester.name, row.source, row.sourceName ?? '']);
}

/** A machine by its name or place, and its cloud. */
export function isNamedBy(
  { text, cloud }: Pick<BoardFilter, 'text' | 'cloud'>,
  machine: { readonly name: string; readonly location: string; readonly cloud: string },
): boolean {
  if (cloud !== undefined && machine.cloud !== cloud) return false;
  return text === undefined || looksLike(text, [machine.name, machine.location]);
}

/** Is it a part of any of them, to whoever looks at them? */
function looksLike(text: string, names: readonly string[]): boolean {
  const look = lookOf(text);
  return names.some((own) => lookOf(own).includes(look));
}

function dayOf(at: Instant): string {
  return new Date(at).toISOString().slice(0, 10);
}
