import type { Instant } from '../language/instant.ts';
import { coverageOf, type LogCoverage, withoutLog } from './compared.ts';
import { csvLine } from './csv.ts';
import { EVENTS, REFUSED_VERBS } from './events.ts';
import { CLOCK_MS } from './files.ts';
import { type ChainedEntry, type LeaseStory, population } from './population.ts';
import { FIELDS, type Field, type FlatEntry } from './row.ts';
import type { ChainVerdict } from './verdict.ts';

const MOST_BACKS = 5;

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
  const leases = population(before, to);
  const coverage = coverageOf(entries, { from, to });
  const last = entries.at(-1);
  const endsAt = last && last.at >= from && last.at < to ? last.at : undefined;
  return {
    installation,
    from,
    to,
    verdict,
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
    reconciled: rows(({ event }) => ['foreign write', 'unlogged', 'log unread'].includes(String(event))),
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
    if (row.event === 'opened') open.add(row.request);
    else if (row.event === 'closed') open.delete(row.request);
  }
  return open;
}

/** The chain may have no gap, and yet not tell of the whole period. */
function lacksOf(
  entries: readonly ChainedEntry[],
  { from, to, verdict }: Pick<Pack, 'from' | 'to' | 'verdict'>,
): readonly string[] {
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last) return ['There are no records.'];
  const isBefore = entries.every(({ at }) => at < from);
  const begins = first.index > 1 && first.at > from;
  return [
    ...(begins
      ? [`The first record is of ${timeText(first.at)}, after the period began: what was before it is not here.`]
      : []),
    ...(isBefore
      ? [`The last record is of ${timeText(last.at)}, before the period began: nothing here tells of it.`]
      : []),
    ...setBack(entries, { from, to }),
    ...unsigned(entries, { from, to, verdict }),
    ...(verdict.lost > 0 ? [`The store lost ${verdict.lost} entries before they were chained.`] : []),
  ];
}

/**
 * Where the clock went back, records bear a time that is none: of this period, if it went back from a time of it, or to one, or came
 * back to where it had been in it.
 */
function setBack(entries: readonly ChainedEntry[], { from, to }: Pick<Pack, 'from' | 'to'>): readonly string[] {
  const isIn = (at: Instant | undefined) => at !== undefined && at >= from && at < to;
  const backs = entries.flatMap(({ index, at }, i) => {
    const before = entries[i - 1]?.at ?? at;
    if (at >= before - CLOCK_MS) return [];
    const isMeant = isIn(before) || isIn(at) || isIn(entries.find((later, n) => n > i && later.at >= before)?.at);
    return isMeant ? [`${index}, from ${timeText(before)} to ${timeText(at)}`] : [];
  });
  if (backs.length === 0) return [];
  const more = backs.length > MOST_BACKS ? `, and ${backs.length - MOST_BACKS} more` : '';
  return [
    `The clock went back at record ${backs.slice(0, MOST_BACKS).join('; at record ')}${more}: nobody can tell which records around it are of the period.`,
  ];
}

/** Where nothing was recorded since the period ended, only a head that was kept elsewhere shows that the end was not cut off. */
function ending(endsAt: Instant | undefined): readonly string[] {
  if (endsAt === undefined) return [];
  return [
    `the last record is of ${timeText(endsAt)}, before the period ends: only a head that was kept elsewhere (--anchor) can show that nothing came after it`,
  ];
}

/** What is in them may be an access, or the end of one. */
function unreadable(count: number): readonly string[] {
  if (count === 0) return [];
  return [
    `${count} ${count === 1 ? 'record' : 'records'} cannot be read, and what they say is not here: they are damaged, or of a newer version of Drawbridge.`,
  ];
}

/** What no signed head covers yet, whoever can write there could have made. */
function unsigned(
  entries: readonly ChainedEntry[],
  { from, to, verdict }: Pick<Pack, 'from' | 'to' | 'verdict'>,
): readonly string[] {
  const count = entries.filter(({ index, at }) => index > verdict.signed && at >= from && at < to).length;
  return count === 0
    ? []
    : [`${count} records of the period come after the last signed head: nothing proves them yet.`];
}

/** What whoever reads it has to take on trust, or cannot see. */
function doubts({ erased, sealed }: ChainVerdict, isPinned: boolean): readonly string[] {
  return [
    ...(isPinned
      ? []
      : [
          'the keys that signed are those beside the files, which whoever wrote these could have changed: compare them with the ones that you were given, or name these (--key)',
        ]),
    ...(erased > 0
      ? [`${erased} parts about people were taken away: their names and words are not here, their IDs are`]
      : []),
    ...(sealed > 0
      ? [`${sealed} parts about people are sealed, and were not read: --people names the folder of their keys`]
      : []),
  ];
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
