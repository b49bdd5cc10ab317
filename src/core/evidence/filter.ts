import type { Instant } from '../language/instant.ts';
import type { FlatEntry } from './row.ts';

/** Which entries are meant: all that is given must hold. */
export interface EntryFilter {
  readonly from?: Instant;
  /** Not this instant itself. */
  readonly to?: Instant;
  /** ID of whoever acted, or whose access it is. */
  readonly person?: string;
  /** Name or ID. */
  readonly machine?: string;
  readonly request?: string;
  readonly event?: string;
}

export function isMeantBy(filter: EntryFilter, row: FlatEntry, at: Instant): boolean {
  const { from, to, person, machine, request, event } = filter;
  if (from !== undefined && at < from) return false;
  if (to !== undefined && at >= to) return false;
  if (person !== undefined && row.by !== person && row.requester !== person) return false;
  const isMachine = machine === undefined || [row.machine, row.machineName].includes(machine.toLowerCase());
  if (!isMachine && row.machineName !== machine) return false;
  return (request === undefined || row.request === request) && (event === undefined || row.event === event);
}

/** A day in UTC, or an instant with its zone: `2026-07-01`, `2026-07-01T08:00Z`, `2026-07-01T00:00+02:00`. */
export function instantOf(text: string): Instant | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/.test(text)) return undefined;
  const at = Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text);
  return Number.isNaN(at) ? undefined : at;
}
