import type { Instant } from '../language/instant.ts';
import { isMachineId, whereIs } from '../machine/machine.ts';
import type { ChainedEntry, LeaseStory } from './population.ts';

/** A time; `to` is not in it. */
export interface ComparedSpan {
  readonly from: Instant;
  readonly to: Instant;
}

/** What the records tell of one log of a cloud in a period. */
export interface LogCoverage {
  readonly log: string;
  readonly compared: readonly ComparedSpan[];
  /** When nobody can tell what the log had, and why where a record says so. */
  readonly untold: readonly (ComparedSpan & { readonly why: string })[];
}

const COMPARED = /^(.+): compared with the audit from (\S+) to (\S+)$/;
const UNREAD = /^(.+): nobody can tell what it has since (\S+): (.+)$/s;
const NEVER = 'no record says that it was compared';

/** What `log compared` says. */
export function comparedText(log: string, { from, to }: ComparedSpan): string {
  return `${log}: compared with the audit from ${timeText(from)} to ${timeText(to)}`;
}

/** What `log unread` says. */
export function unreadText(log: string, since: Instant, why: string): string {
  return `${log}: nobody can tell what it has since ${timeText(since)}: ${why}`;
}

/** When each log was compared in a period, and when nobody can tell: what no record says was compared was not. */
export function coverageOf(entries: readonly ChainedEntry[], period: ComparedSpan): readonly LogCoverage[] {
  const logs = new Map<string, { readonly spans: ComparedSpan[]; readonly unread: { at: Instant; why: string }[] }>();
  const of = (log: string) => {
    const known = logs.get(log) ?? { spans: [], unread: [] };
    logs.set(log, known);
    return known;
  };
  for (const { row } of entries) {
    const [, log, from = '', to = ''] = (row.event === 'log compared' && COMPARED.exec(String(row.why))) || [];
    if (log !== undefined) of(log).spans.push({ from: Date.parse(from), to: Date.parse(to) });
    const [, unread, since = '', why = ''] = (row.event === 'log unread' && UNREAD.exec(String(row.why))) || [];
    if (unread !== undefined) of(unread).unread.push({ at: Date.parse(since), why });
  }
  return [...logs]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([log, { spans, unread }]) => {
      const compared = within(spans, period);
      const untold = between(compared, period).map((gap) => {
        const why = unread.filter(({ at }) => at >= gap.from && at < gap.to).map((one) => one.why);
        return { ...gap, why: why.length > 0 ? [...new Set(why)].join(' ') : NEVER };
      });
      return { log, compared, untold };
    });
}

/** Accounts with access in the period whose log no record names: `gcp project-1`; of AWS, whose logs are by region, `aws 123456789012, eu-west-1`. */
export function withoutLog(leases: readonly LeaseStory[], coverage: readonly LogCoverage[]): readonly string[] {
  const all = new Set(leases.flatMap((lease) => (lease.openedAt === undefined ? [] : [logOf(lease)])));
  const logs = coverage.map(({ log }) => new Set(wordsOf(log)));
  return [...all].filter((one) => !logs.some((log) => wordsOf(one).every((word) => log.has(word))));
}

/** What was opened, and no record says where. */
const NOWHERE = 'somewhere that no record names';

function logOf({ account, machine }: LeaseStory): string {
  if (account === '') return NOWHERE;
  const { region } = machine.startsWith('aws:') && isMachineId(machine) ? whereIs(machine) : {};
  return region === undefined ? account : `${account}, ${region}`;
}

/** The cloud, the account, and the region. */
function wordsOf(log: string): readonly string[] {
  return log.toLowerCase().split(/[\s,/]+/);
}

/** Those of the period, one behind the other, joined where they touch. */
function within(spans: readonly ComparedSpan[], { from, to }: ComparedSpan): readonly ComparedSpan[] {
  const joined: ComparedSpan[] = [];
  const own = spans.map((span) => ({ from: Math.max(from, span.from), to: Math.min(to, span.to) }));
  for (const span of own.filter((one) => one.to > one.from).toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && span.from <= last.to) joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else joined.push(span);
  }
  return joined;
}

function between(spans: readonly ComparedSpan[], { from, to }: ComparedSpan): readonly ComparedSpan[] {
  const starts = [from, ...spans.map((span) => span.to)];
  const ends = [...spans.map((span) => span.from), to];
  return starts.flatMap((start, i) => ((ends[i] ?? to) > start ? [{ from: start, to: ends[i] ?? to }] : []));
}

function timeText(at: Instant): string {
  return new Date(at).toISOString();
}
