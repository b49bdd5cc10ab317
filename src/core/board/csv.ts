import type { Instant } from '../language/instant.ts';
import { noFormula } from '../language/no-formula.ts';
import { providerIdOf } from '../machine/machine.ts';
import { type BoardRow, lateIn } from './row.ts';

const COLUMNS: readonly (readonly [name: string, of: (row: BoardRow) => string])[] = [
  ['id', ({ id }) => id],
  ['status', ({ status }) => status],
  ['machine', ({ machineName }) => machineName],
  ['machine_id', ({ machine }) => providerIdOf(machine)],
  ['cloud', ({ machine }) => machine.slice(0, machine.indexOf(':'))],
  ['location', ({ location = '' }) => location],
  ['requester', ({ requester }) => requester.name],
  ['requester_id', ({ requester }) => requester.id],
  ['ports', ({ ports }) => ports.join(' ')],
  ['source', ({ source }) => source],
  ['source_name', ({ sourceName = '' }) => sourceName],
  ['policies', ({ policies }) => policies.join(' ')],
  ['deciders', ({ deciders = [] }) => deciders.join('; ')],
  ['decider_ids', ({ deciderIds = [] }) => deciderIds.join('; ')],
  ['asked_at', ({ askedAt }) => time(askedAt)],
  ['decided_at', ({ decidedAt }) => time(decidedAt)],
  ['opened_at', ({ openedAt }) => time(openedAt)],
  ['until', ({ until }) => time(until)],
  ['ended_at', ({ endedAt }) => time(endedAt)],
  ['ended_why', ({ why = '' }) => why],
  ['closed_at', ({ closedAt }) => time(closedAt)],
  ['proof', ({ verdict = '' }) => verdict],
  ['late_seconds', (row) => secondsText(lateIn(row))],
  ['break_glass', ({ isGlass }) => (isGlass ? 'yes' : '')],
];

/** RFC 4180, a line for each row. No cell is a formula to a spreadsheet. */
export function csvOf(rows: readonly BoardRow[]): string {
  const lines = [COLUMNS.map(([name]) => name), ...rows.map((row) => COLUMNS.map(([, of]) => of(row)))];
  return lines.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

/** Each cell is in quotes, and on one line. */
function cell(text: string): string {
  const flat = text.replace(/[\r\n\t]+/g, ' ');
  return `"${noFormula(flat).replaceAll('"', '""')}"`;
}

function secondsText(ms: number | undefined): string {
  return ms === undefined ? '' : String(Math.round(ms / 1_000));
}

function time(at: Instant | undefined): string {
  // What no calendar has stays empty: one such record must not keep all others from being read.
  return at === undefined || Number.isNaN(new Date(at).getTime()) ? '' : new Date(at).toISOString();
}
