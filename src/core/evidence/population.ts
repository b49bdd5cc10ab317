import type { Instant } from '../language/instant.ts';
import type { FlatEntry } from './row.ts';

/** One access from its request to its end, as its entries tell it. Every request that was approved, and every one that was opened, approved or not. */
export interface LeaseStory {
  readonly request: string;
  readonly requester: string;
  readonly requesterName: string;
  readonly machine: string;
  readonly machineName: string;
  /** `aws 123456789012`: where it is. */
  readonly account: string;
  readonly ports: string;
  readonly source: string;
  readonly justification: string;
  readonly policies: string;
  readonly policyVersion: string;
  readonly requestedAt?: Instant;
  /** When it was decided: approved, or opened without. */
  readonly decidedAt?: Instant;
  readonly decidedBy: string;
  /** Whose names these are, in the same order: two people may have one name. */
  readonly deciderIds: string;
  readonly decision: string;
  readonly openedAt?: Instant;
  readonly until: string;
  /** When it was given more time, until when, and by whom. */
  readonly extensions: string;
  /** Why closing began: elapsed, revoked, failed, moved. */
  readonly endedWhy: string;
  readonly endedAt?: Instant;
  readonly closedAt?: Instant;
  /** What was read back after closing. */
  readonly proof: string;
  readonly receipt: string;
  /** The clouds' own ids of the calls that opened it, and of those that closed it. */
  readonly openingCalls: string;
  readonly closingCalls: string;
  readonly isGlass: boolean;
  readonly review: string;
  /** What an auditor would ask about. */
  readonly exceptions: readonly string[];
}

/** An entry, in the order of the chain. */
export interface ChainedEntry {
  readonly index: number;
  readonly at: Instant;
  readonly row: FlatEntry;
}

/** What is over, and was never read back as closed. */
export const UNPROVEN = 'no proof of its closing';
/** In the place of words of a person who was erased, or whose words are sealed. */
const TAKEN_AWAY = '(not readable here: taken away, or sealed)';
/** Closing takes minutes at the worst: what had to be closed longer ago is an exception. */
const LATE_MS = 10 * 60_000;

/**
 * Gathers the entries of each request, and tells its story where it was ever let in; and that of each opening that names none. `now`: the end of
 * the period.
 */
export function population(entries: readonly ChainedEntry[], now: Instant): readonly LeaseStory[] {
  const [named, others] = [entries.filter(({ row }) => row.request !== undefined), unasked(entries)];
  const by = Map.groupBy(
    named.filter(({ row }) => row.outcome !== 'refused'),
    ({ row }) => String(row.request),
  );
  const all = [...by, ...others.map((own) => ['', own] as const)];
  return all.flatMap(([request, own]) => storyOf(request, own, now) ?? []);
}

/** The entries of such openings that belong to a period: something of them is in it, or nothing says that they were closed before. */
export function unaskedSince(entries: readonly ChainedEntry[], from: Instant): readonly ChainedEntry[] {
  return unasked(entries)
    .filter((own) => own.some(({ at }) => at >= from) || !own.some(({ row }) => row.event === 'closed'))
    .flat();
}

/** Openings that no request is named for, each with the closings of its machine behind it that name none either: up to the next such opening. */
function unasked(entries: readonly ChainedEntry[]): readonly (readonly ChainedEntry[])[] {
  const all: ChainedEntry[][] = [];
  const open = new Map<unknown, ChainedEntry[]>();
  for (const entry of entries) {
    const { request, outcome, event, machine } = entry.row;
    if (request !== undefined || outcome === 'refused') continue;
    if ([...LETS_IN, 'broke glass'].includes(String(event))) {
      const own = [entry];
      all.push(own);
      open.set(machine, own);
    } else if (CLOSINGS.includes(String(event))) open.get(machine)?.push(entry);
  }
  return all;
}

/** What says that something was opened, wherever. */
export const LETS_IN: readonly string[] = ['opened', 'reattached', 'followed'];
const OPENINGS = ['opened', 'trouble', 'remarked', 'reattached', 'followed'];
const CLOSINGS = ['closed', 'closed again', 'sessions cut', 'sessions left', 'sessions not cut'];
const DECISIONS = ['approved', 'broke glass', 'drill'];

function storyOf(request: string, own: readonly ChainedEntry[], now: Instant): LeaseStory | undefined {
  const first = (...events: readonly string[]) => own.find(({ row }) => events.includes(String(row.event)));
  const last = (...events: readonly string[]) => own.findLast(({ row }) => events.includes(String(row.event)));
  const decided = last(...DECISIONS);
  const opened = first('opened') ?? first(...LETS_IN);
  if (!decided && !opened) return undefined;
  const asked = first('asked', 'broke glass', 'drill');
  const closed = last('closed');
  const ended = last('elapsed', 'revoked', 'failed', 'moved');
  const until = String(own.findLast(({ row }) => row.until !== undefined)?.row.until ?? '');
  const review = last('was right', 'was wrong');
  const isGlass = first('broke glass') !== undefined;
  const cameBack = first('closed again') !== undefined;
  const story = {
    request,
    ...textsOf({ ...asked?.row, ...opened?.row, ...decided?.row }),
    justification: String(asked?.row.words ?? (isErased(asked?.row) ? TAKEN_AWAY : '')),
    ...decidersOf(own),
    decision: String(decided?.row.decision ?? ''),
    until,
    extensions: extensionsOf(own),
    endedWhy: String(ended?.row.event ?? ''),
    proof: String(closed?.row.proof ?? ''),
    receipt: String(closed?.row.receipt ?? ''),
    openingCalls: callsOf(own, OPENINGS),
    closingCalls: callsOf(own, CLOSINGS),
    isGlass,
    review: review ? `${review.row.event} (${whoIn(review.row)})` : '',
    ...(decided ? { decidedAt: decided.at } : {}),
    ...(asked ? { requestedAt: asked.at } : {}),
    ...(opened ? { openedAt: opened.at } : {}),
    ...(ended ? { endedAt: ended.at } : {}),
    ...(closed ? { closedAt: closed.at } : {}),
  };
  const order = {
    ...{ asked: asked?.index, decided: decided?.index, opened: opened?.index, closed: closed?.index },
    letIn: last(...LETS_IN)?.index,
  };
  const exceptions = [
    ...exceptionsOf(story, order, now),
    ...(request === '' ? ['opened, and no request is named'] : []),
    ...(isOther(decided?.row, opened?.row, givenBefore(own, opened))
      ? ['what was opened is not what was decided']
      : []),
    ...(cameBack ? ['a rule came back after closing'] : []),
  ];
  return { ...story, exceptions };
}

function textsOf(row: FlatEntry) {
  const text = (value: unknown) => String(value ?? '');
  return {
    requester: text(row.requester),
    requesterName: text(row.requesterName),
    machine: text(row.machine),
    machineName: text(row.machineName),
    account: `${text(row.cloud)} ${text(row.cloudAccount)}`.trim(),
    ports: text(row.ports),
    source: text(row.source),
    policies: text(row.policies),
    policyVersion: text(row.policyVersion),
  };
}

interface Order {
  readonly asked: number | undefined;
  readonly decided: number | undefined;
  readonly opened: number | undefined;
  /** The last time that something let it in. */
  readonly letIn: number | undefined;
  readonly closed: number | undefined;
}

/** Request before decision before opening before closing, each where there is one; closed in time, and proven. */
function exceptionsOf(story: Omit<LeaseStory, 'exceptions'>, order: Order, now: Instant): readonly string[] {
  const { asked = 0, decided = asked, opened, letIn = opened, closed } = order;
  const isClosed = closed !== undefined && !(letIn !== undefined && closed < letIn);
  const end = Date.parse(story.until);
  const isBroken = asked > decided || (opened !== undefined && opened < decided);
  const due = Math.min(...[end, story.endedAt ?? Number.NaN].filter((at) => !Number.isNaN(at)));
  const isOver = due < now - LATE_MS;
  const late = story.closedAt !== undefined && story.closedAt > due + LATE_MS;
  return [
    ...(order.asked === undefined ? ['no request in these records'] : []),
    ...(order.decided === undefined ? ['no decision in these records'] : []),
    ...(isBroken ? ['request and decision and opening are not in this order'] : []),
    ...(opened !== undefined && !isClosed && isOver ? [UNPROVEN] : []),
    ...(closed !== undefined && !isClosed ? ['closed before it was opened'] : []),
    ...(closed !== undefined && !isProven(story) ? [`read back: ${story.proof || 'nothing'}`] : []),
    ...(closed !== undefined && story.receipt === '' ? ['no signed receipt of its closing'] : []),
    ...(late ? ['closed late'] : []),
    ...(story.isGlass ? [story.review === '' ? 'break-glass without a review' : 'break-glass'] : []),
    ...(story.justification === '' && order.asked !== undefined ? ['no reason in these records'] : []),
  ];
}

/** Does it open something else than what was decided, as far as both say? Nothing of a request changes between the two but how long it lasts. */
function isOther(decided: FlatEntry = {}, opened: FlatEntry = {}, decision = decided.decision): boolean {
  const given = { ...decided, decision };
  const fields = ['machine', 'ports', 'source', 'requester', 'decision'] as const;
  return fields.some((field) => ![given[field], opened[field]].includes(undefined) && given[field] !== opened[field]);
}

/** The last decision before it was opened: more time may be approved while it is being opened, which has a digest of its own. */
function givenBefore(own: readonly ChainedEntry[], opened: ChainedEntry | undefined): FlatEntry['decision'] {
  const given = own.findLast(
    ({ index, row }) =>
      opened !== undefined &&
      index < opened.index &&
      row.decision !== undefined &&
      [...DECISIONS, 'extended'].includes(String(row.event)),
  );
  return given?.row.decision;
}

/** What was said of whoever asked was taken away, or is sealed: that there is no reason here is none of theirs. */
function isErased(row: FlatEntry | undefined): boolean {
  return row?.requester !== undefined && row.requesterName === undefined;
}

function extensionsOf(own: readonly ChainedEntry[]): string {
  const more = own.filter(({ row }) => row.event === 'extended');
  return more.map(({ at, row }) => `${new Date(at).toISOString()} until ${row.until} (${whoIn(row)})`).join('; ');
}

/** Was every port read back as closed? */
export function isProven({ closedAt, proof }: Pick<LeaseStory, 'closedAt' | 'proof'>): boolean {
  return closedAt !== undefined && /^(?:\S+ closed(?:; )?)+$/.test(proof);
}

/** Everybody who approved, once each, however many of them have one name. */
function decidersOf(own: readonly ChainedEntry[]): Pick<LeaseStory, 'decidedBy' | 'deciderIds'> {
  const rows = own.map(({ row }) => row).filter(({ event }) => ['reviewed', ...DECISIONS].includes(String(event)));
  const all = new Map(rows.map((row) => [String(row.by ?? row.byName ?? ''), String(row.byName ?? row.by ?? '')]));
  return { decidedBy: [...all.values()].join('; '), deciderIds: [...all.keys()].join('; ') };
}

/** `Grace [grace]`: with the ID, as two people may have one name. */
function whoIn({ by, byName }: FlatEntry): string {
  return byName === undefined || by === undefined ? String(byName ?? by ?? '') : `${byName} [${by}]`;
}

function callsOf(own: readonly ChainedEntry[], events: readonly string[]): string {
  return own.flatMap(({ row }) => (events.includes(String(row.event)) ? (row.calls ?? []) : [])).join('; ');
}
