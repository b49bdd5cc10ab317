import { createHash } from 'node:crypto';
import { cloudOf, isMachineId, whereIs } from '../machine/machine.ts';
import { portText } from '../rule/port.ts';
import type { StandingRule } from '../rule/rule.ts';
import type { Actor, AuditEntry } from './entry.ts';
import { factsIn, type RecordFacts } from './facts.ts';
import { isSealed, partsIn } from './sealed.ts';

/** An entry as it is kept: three texts, of which `people` may be taken away later (docs/decisions/0012). */
export interface AuditTexts {
  /** JSON: all facts, people by their ids, and the SHA-256 of what is said of each person. */
  readonly record: string;
  /** JSON: a text for each person's id, which begins with a salt. */
  readonly people: string;
  /** SHA-256 of `record`, in base64url. */
  readonly hash: string;
}

/** What the texts of an entry say. A person who was erased has no part in `people`. */
export interface AuditReading {
  readonly facts: RecordFacts;
  readonly people: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** JSON: the parts of people that are sealed with their keys (core/audit/sealed.ts), as they are. */
  readonly sealed?: string;
  /** Not all of it can be read: somebody else wrote it, or it was damaged. */
  readonly isUnread?: true;
}

/** The shape of the record; another number for one that older readers would misread. */
const SHAPE = 1;
/** What is listed at most, so that no entry grows without bound. */
const MOST_LISTED = 50;
const MOST_LETTERS = 2_000;

/** Is a record in a shape that this version may misread: one of a newer version? */
export function isNewer({ record }: Pick<AuditTexts, 'record'>): boolean {
  return Number(/^\{"v":(\d+)/.exec(record)?.[1] ?? SHAPE) > SHAPE;
}

/** Puts an entry into texts. `salt` gives unguessable characters, so that nobody finds a name by trying hashes. */
export function recordOf(entry: AuditEntry, salt: () => string): AuditTexts {
  const { act, event, outcome, by, as, cloud, machine, machineName, requester, source, request, version } = entry;
  const { until, policies, policyVersion, limits, way, page, code, why } = entry;
  const people = peopleIn(entry, salt);
  const facts = {
    v: SHAPE,
    // What follows from the rest is left out: every commit has an entry, and all of them are kept.
    act: act === commitAct(request, version) ? undefined : act,
    event,
    outcome,
    by: idOf(by),
    through: throughOf(by),
    as,
    request,
    version,
    follows: entry.follows,
    requester: requester?.id,
    policies,
    policyVersion,
    decision: entry.decision,
    cloud: machine ? undefined : cloud,
    machine,
    machineName,
    ports: entry.ports?.map(portText),
    limits: listed(limits),
    // Nobody's, as far as is known: it cannot be theirs to have erased.
    source: requester ? undefined : source,
    sourceName: entry.sourceName,
    startsAt: entry.startsAt,
    until,
    calls: entry.calls?.length === 0 ? undefined : listed(entry.calls),
    proof: entry.proof,
    receipt: entry.receipt,
    erasure: entry.erasure,
    retention: entry.retention,
    standing: listed(entry.standing?.map(standingText)),
    way,
    undo: listed(entry.undo),
    opens: listed(entry.opens),
    stays: listed(entry.stays),
    page,
    code,
    why,
    people: Object.fromEntries(people.map(([id, text]) => [id, sha256(text)])),
  };
  // Keys without a value are left out by JSON.
  const record = JSON.stringify(facts);
  return { record, people: JSON.stringify(Object.fromEntries(people)), hash: sha256(record) };
}

/** Is the record what was hashed, and is what is left of the people's parts what it was? */
export function isIntact({ record, people, hash }: AuditTexts): boolean {
  const parts = partsIn(people);
  if (sha256(record) !== hash || !parts) return false;
  const expected = namedIn({ record });
  return Object.entries(parts).every(([id, text]) => expected[id] === sha256(text));
}

/** What a record says, whoever wrote it: what is none of Drawbridge's keeps no other one from being read. */
export function readRecord({ record, people }: Pick<AuditTexts, 'record' | 'people'>): AuditReading {
  const [facts, said] = [factsIn(record), saidOf(people)];
  const isUnread = facts === undefined || said === undefined;
  return { facts: facts ? withPlace(facts) : {}, people: {}, ...said, ...(isUnread ? { isUnread } : {}) };
}

/** With what follows from the rest. */
function withPlace(facts: RecordFacts): RecordFacts {
  const { act = commitAct(facts.request, facts.version), machine } = facts;
  // A newer version may know more clouds.
  const where = isMachineId(machine) ? { cloud: cloudOf(machine), ...whereIs(machine) } : {};
  return { ...facts, act, ...where };
}

function saidOf(text: string): Pick<AuditReading, 'people' | 'sealed'> | undefined {
  const all = partsIn(text);
  if (!all) return undefined;
  try {
    const parts = Object.entries(all);
    const sealed = parts.filter(([, text]) => isSealed(text));
    const read = parts.flatMap(([id, text]) => {
      if (isSealed(text)) return [];
      const { salt: _, ...said } = JSON.parse(text) as Record<string, string>;
      return [[id, said] as const];
    });
    const rest = sealed.length > 0 ? { sealed: JSON.stringify(Object.fromEntries(sealed)) } : {};
    return { people: Object.fromEntries(read), ...rest };
  } catch {
    return undefined;
  }
}

/** Of whom a record says that something is said beside it: the hash of that, by their ids. */
export function namedIn({ record }: Pick<AuditTexts, 'record'>): Readonly<Record<string, unknown>> {
  return namedOf(factsIn(record) ?? {});
}

/** The same of its facts. */
export function namedOf({ people }: RecordFacts): Readonly<Record<string, unknown>> {
  return typeof people === 'object' && people !== null ? (people as Readonly<Record<string, unknown>>) : {};
}

/** What a commit is called, as an act: `k7m3q9x-3`. */
export function commitAct(request: unknown, version: unknown): string {
  return `${String(request)}-${String(version)}`;
}

/** What is personal, by whom it is about: this is what is erased with that person. */
function peopleIn(entry: AuditEntry, salt: () => string): readonly (readonly [string, string])[] {
  const { by, requester, source, words } = entry;
  const parts = new Map<string, Record<string, string | undefined>>();
  if (requester) parts.set(requester.id, { name: requester.name, source });
  if (typeof by !== 'string')
    parts.set(idOf(by), { ...parts.get(idOf(by)), ...accountOf(by), words: words?.slice(0, MOST_LETTERS) });
  return [...parts].map(([id, part]) => [id, JSON.stringify({ salt: salt(), ...part })] as const);
}

function accountOf(by: Exclude<Actor, string>): Record<string, string | undefined> {
  return 'person' in by ? { name: by.person.name, account: by.account } : { user: by.user, host: by.host };
}

/** A login name is nobody's id here: what stands for it must not name somebody after the rest was erased. */
function idOf(by: Actor): string {
  if (typeof by === 'string') return by;
  return 'person' in by ? by.person.id : `login-${sha256(`${by.user}\n${by.host}`).slice(0, 12)}`;
}

function throughOf(by: Actor): string | undefined {
  if (typeof by === 'string') return undefined;
  return 'person' in by ? (by.through ?? by.chat) : 'commandLine';
}

/** `22 to 0.0.0.0/0 through launch-wizard-1`. */
function standingText({ port, source, through }: StandingRule): string {
  return `${portText(port)} to ${source} through ${through}`;
}

function listed(texts: readonly string[] | undefined): readonly string[] | undefined {
  if (texts === undefined || texts.length <= MOST_LISTED) return texts;
  return [...texts.slice(0, MOST_LISTED), `and ${texts.length - MOST_LISTED} more`];
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
