import type { Instant } from '../language/instant.ts';
import { coverageOf, type LogCoverage, withoutLog } from './compared.ts';
import { csvLine } from './csv.ts';
import { EVENTS, REFUSED_VERBS } from './events.ts';
import { doubts, ending, lacksOf, unreadable } from './lacks.ts';
import { type ChainedEntry, LETS_IN, type LeaseStory, population, unaskedSince } from './population.ts';
import { FIELDS, type Field, type FlatEntry } from './row.ts';
import type { ChainVerdict } from './verdict.ts';

/** What an auditor gets for a period. */
export interface Pack {
  readonly installation: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly leases: readonly LeaseStory[];
  readonly refusals: readonly FlatEntry[];
  readonly glass: readonly FlatEntry[];
  readonly changes: readonly FlatEntry[];
  readonly looks: readonly FlatEntry[];
  /** What comparing with the clouds' own logs found. */
  readonly reconciled: readonly FlatEntry[];
  /** When each of these logs was compared, and when nobody can tell. */
  readonly coverage: readonly LogCoverage[];
  /** Accounts with access whose logs were never compared: `aws 123456789012`. */
  readonly unwatched: readonly string[];
  /** Why it is not complete though the chain verifies, in sentences. */
  readonly lacks: readonly string[];
  /** What whoever reads it should know besides. */
  readonly remarks: readonly string[];
  /** When the records end, where that is before the period does: of what is after it, nobody can tell. */
  readonly endsAt?: Instant;
  /** The keys that signed were given, and not taken from beside the files. */
  readonly isPinned: boolean;
  readonly verdict: ChainVerdict;
  /** Records of the period. */
  readonly records: number;
}

/** Entries of all time, in the order of the chain: what began before the period belongs to what ended in it. */
export function packOf(
  entries: readonly ChainedEntry[],
  {
    installation,
    from,
    to,
    verdict,
    isPinned = true,
    unread = 0,
  }: Pick<Pack, 'installation' | 'from' | 'to' | 'verdict'> & {
    readonly isPinned?: boolean;
    /** Records of before the period ends that cannot be read. */
    readonly unread?: number;
  },
): Pack {
  const within = entries.filter(({ at }) => at >= from && at < to);
  const rows = (isMeant: (row: FlatEntry) => boolean) => within.map(({ row }) => row).filter(isMeant);
  const touched = new Set([...within.flatMap(({ row }) => row.request ?? []), ...openAt(entries, from)]);
  const before = entries.filter(({ at, row }) => at < to && row.request !== undefined && touched.has(row.request));
  const unasked = unaskedSince(
    entries.filter(({ at }) => at < to),
    from,
  );
  const leases = population(
    [...before, ...unasked].toSorted((a, b) => a.index - b.index),
    to,
  );
  const coverage = coverageOf(entries, { from, to });
  const last = entries.at(-1);
  const endsAt = last && last.at >= from && last.at < to ? last.at : undefined;
  return {
    installation,
    from,
    to,
    verdict,
    isPinned,
    records: within.length,
    leases,
    refusals: rows(
      ({ event, outcome }) => outcome === 'refused' || event === 'denied' || REFUSED_VERBS.includes(String(event)),
    ),
    glass: rows(({ event }) => /glass|^review|^was /.test(String(event))),
    changes: rows(({ event }) =>
      ['configuring', 'protecting', 'unprotecting'].includes(EVENTS[String(event)]?.[0] ?? ''),
    ),
    looks: rows(({ event }) => event === 'read' || event === 'explain'),
    reconciled: rows(({ event }) => ['foreign write', 'unlogged', 'logged late', 'log unread'].includes(String(event))),
    coverage,
    unwatched: withoutLog(leases, coverage),
    lacks: [...lacksOf(entries, { from, to, verdict }), ...unreadable(unread)],
    remarks: [...verdict.remarks, ...ending(endsAt), ...doubts(verdict, isPinned)],
    ...(endsAt === undefined ? {} : { endsAt }),
  };
}

/** Accesses that were open then: of one that lasts longer than the period, nothing happens within it. */
function openAt(entries: readonly ChainedEntry[], from: Instant): ReadonlySet<string | number> {
  const open = new Set<string | number>();
  for (const { at, row } of entries) {
    if (at >= from || row.request === undefined) continue;
    if (LETS_IN.includes(String(row.event))) open.add(row.request);
    else if (row.event === 'closed') open.delete(row.request);
  }
  return open;
}

function timeText(at: Instant): string {
  return new Date(at).toISOString();
}

/** The files of a pack but its page and its manifest, by name. */
export function packFiles(pack: Pack): ReadonlyMap<string, string> {
  return new Map([
    ['population.csv', leasesCsv(pack.leases)],
    ['exceptions.csv', leasesCsv(pack.leases.filter(({ exceptions }) => exceptions.length > 0))],
    ['refusals.csv', rowsCsv(pack.refusals)],
    ['break-glass.csv', rowsCsv(pack.glass)],
    ['changes.csv', rowsCsv(pack.changes)],
    ['looks.csv', rowsCsv(pack.looks)],
    ['reconciliation.csv', rowsCsv(pack.reconciled)],
    ['witness.csv', coverageCsv(pack)],
    [
      'controls.csv',
      `${[csvLine(['control', 'what it demands', 'where it is shown']), ...CONTROLS.map(csvLine)].join('\n')}\n`,
    ],
  ]);
}

/** What the pack shows of each control. */
export const CONTROLS: readonly (readonly [control: string, demands: string, shown: string])[] = [
  [
    'SOC 2 CC6.1',
    'Logical access is restricted',
    'population.csv: ports are opened to one source, for a time, under a named policy',
  ],
  [
    'SOC 2 CC6.2',
    'Access is authorized before it is given',
    'population.csv: request, decision, and opening in this order, with the digest of what was approved, and who gave more time',
  ],
  [
    'SOC 2 CC6.3',
    'Access is modified and removed',
    'population.csv: end, closing, and what was read back after it, with a signed receipt',
  ],
  [
    'SOC 2 CC6.6',
    'Access from outside the boundary is restricted',
    'population.csv: source and ports of each opening; changes.csv: protections and lockdowns',
  ],
  [
    'SOC 2 CC8.1',
    'Changes are authorized',
    'changes.csv: versions of the configuration, who proposed and approved them',
  ],
  ['ISO 27001:2022 A.5.15', 'Rules for access control', 'changes.csv; policies and their version with each access'],
  [
    'ISO 27001:2022 A.5.18',
    'Access rights are given, reviewed, and removed',
    'population.csv, break-glass.csv with reviews',
  ],
  ['ISO 27001:2022 A.8.2', 'Privileged access is limited in time', 'population.csv: until, closedAt, proof'],
  ['ISO 27001:2022 A.8.15', 'Logs are kept and protected', 'verification.txt: the chain, its signatures, and its gaps'],
  [
    'ISO 27001:2022 A.8.16',
    'Activities are monitored',
    'reconciliation.csv: what the clouds’ own logs show that the audit does not, and the other way round; witness.csv: when they were compared',
  ],
];

const LEASE_FIELDS = [
  ...([
    'request',
    'requester',
    'requesterName',
    'machine',
    'machineName',
    'account',
    'ports',
    'source',
    'justification',
  ] as const),
  ...([
    'policies',
    'policyVersion',
    'requestedAt',
    'decidedAt',
    'decidedBy',
    'deciderIds',
    'decision',
    'openedAt',
    'until',
    'extensions',
  ] as const),
  ...([
    'endedWhy',
    'closedAt',
    'proof',
    'receipt',
    'openingCalls',
    'closingCalls',
    'isGlass',
    'review',
    'exceptions',
  ] as const),
];

function leasesCsv(leases: readonly LeaseStory[]): string {
  const lines = leases.map((lease) => csvLine(LEASE_FIELDS.map((field) => cellOf(lease[field]))));
  return `${[csvLine(LEASE_FIELDS), ...lines].join('\n')}\n`;
}

/** When each log was compared, and when nobody can tell. */
function coverageCsv({ coverage, unwatched, from, to }: Pack): string {
  const line = (log: string, span: { readonly from: Instant; readonly to: Instant }, state: string, why: string) =>
    csvLine([log, timeText(span.from), timeText(span.to), state, why]);
  const lines = coverage.flatMap(({ log, compared, untold }) => [
    ...compared.map((span) => line(log, span, 'compared', '')),
    ...untold.map((span) => line(log, span, 'nobody can tell', span.why)),
  ]);
  const never = unwatched.map((account) => line(account, { from, to }, 'nobody can tell', 'no log was compared'));
  return `${[csvLine(['log', 'from', 'to', 'state', 'why']), ...lines, ...never].join('\n')}\n`;
}

function cellOf(value: LeaseStory[keyof LeaseStory]): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number') return new Date(value).toISOString();
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value : value.join('; ');
}

function rowsCsv(rows: readonly FlatEntry[]): string {
  const fields = Object.keys(FIELDS) as readonly Field[];
  return `${[csvLine(fields), ...rows.map((row) => csvLine(fields.map((field) => row[field])))].join('\n')}\n`;
}
