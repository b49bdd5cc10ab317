import { isNewer, readRecord } from '../audit/record.ts';
import { type KeyOf, openedPeople } from '../audit/sealed.ts';
import type { Placed } from './entry.ts';
import { kindOf } from './events.ts';

/** One entry as a flat row, as spreadsheets and SIEMs want it. Lists are joined; instants are UTC with milliseconds. */
export type FlatEntry = Readonly<Partial<Record<Field, string | number>>>;

/**
 * Every field of a row: what it is, and what it is in OCSF 1.8 and in ASIM (AuditEvent 0.1.2), where these have one. docs/audit.md
 * shows the table.
 */
export const FIELDS = {
  uid: ['Unique: epoch and sequence', 'metadata.uid', 'EventUid'],
  index: ['Place in the chain, from 1 on', 'metadata.sequence', 'EventOriginalUid'],
  time: ['When it was written, by the store', 'time', 'EventStartTime'],
  event: ['What happened', 'metadata.event_code', 'Operation'],
  outcome: ['begun, done, failed, refused, or shown', 'status', 'EventResult'],
  act: ['The same in all entries of one act', 'metadata.correlation_uid', 'ActorSessionId'],
  by: ['Who acted: ID of the person, or the program', 'actor.user.uid', 'ActorUserId'],
  byName: ['Their name', 'actor.user.name', 'ActorUsername'],
  account: ['Their chat account', 'actor.user.uid_alt', 'ActorScopeId'],
  through: ['`slack`, `teams`, `api`, `board`, or `commandLine`', 'actor.app_name', 'ActingAppName'],
  host: ['Where the command line was', 'src_endpoint.hostname', 'AdditionalFields.host'],
  as: ['What gave them the right to', 'actor.authorizations.decision', 'EventSubType'],
  requester: ['Whose access it is', 'entity.owner.uid', 'AdditionalFields.requester'],
  requesterName: ['Their name', 'entity.owner.name', 'AdditionalFields.requesterName'],
  source: ['From where it lets in', 'src_endpoint.ip', 'SrcIpAddr'],
  sourceName: ['The name of that source', 'src_endpoint.name', 'AdditionalFields.sourceName'],
  machine: ['ID of the machine', 'resources.uid', 'TargetDvcId'],
  machineName: ['Its name', 'resources.name', 'TargetHostname'],
  cloud: ['azure, aws, or gcp', 'cloud.provider', 'TargetAppName'],
  cloudAccount: ['AWS account, Azure subscription, or Google project', 'cloud.account.uid', 'TargetDvcScopeId'],
  region: ['Region, where it is known', 'cloud.region', 'AdditionalFields.region'],
  ports: ['Ports', 'unmapped.ports', 'TargetPortNumber'],
  until: ['When it ends', 'unmapped.until', 'AdditionalFields.until'],
  startsAt: ['When it is to start', 'unmapped.starts_at', 'AdditionalFields.startsAt'],
  request: ['ID of the request', 'entity.uid', 'ObjectId'],
  version: ['Version of the request', 'entity.version', 'AdditionalFields.version'],
  follows: ['The request that it comes after', 'unmapped.follows', 'AdditionalFields.follows'],
  policies: ['Policies that judged it', 'policy.name', 'RuleName'],
  policyVersion: ['What these said then: a hash', 'policy.version', 'AdditionalFields.policyVersion'],
  decision: ['Digest of what was approved', 'unmapped.decision', 'NewValue'],
  calls: ['The cloud’s own IDs of the calls', 'api.request.uid', 'AdditionalFields.calls'],
  standing: ['Rules of others that it is about', 'unmapped.standing', 'OldValue'],
  words: ['What the actor wrote', 'comment', 'AdditionalFields.words'],
  why: ['Why, in Drawbridge’s words', 'message', 'EventMessage'],
  code: ['Code of the error', 'status_code', 'EventResultDetails'],
  proof: ['What was read back, by port', 'status_detail', 'AdditionalFields.proof'],
  receipt: ['Code of the receipt', 'unmapped.receipt', 'AdditionalFields.receipt'],
  sealed: ['What is sealed with the keys of people', 'unmapped.sealed', 'AdditionalFields.sealed'],
  hash: ['SHA-256 of the record', 'unmapped.fingerprint', 'AdditionalFields.hash'],
} as const satisfies Readonly<Record<string, readonly [what: string, ocsf: string, asim: string]>>;

export type Field = keyof typeof FIELDS;

/** Of what cannot be read, where it stands, and that it cannot: it goes wherever all others go, and holds none of them up. */
export function rowOf(placed: Placed & { readonly index?: number }): FlatEntry {
  return readRow(placed) ?? unreadRow(placed);
}

function readRow(placed: Placed & { readonly index?: number }): FlatEntry | undefined {
  try {
    const read = readRecord(placed);
    return read.isUnread ? undefined : fieldsOf(placed, read);
  } catch {
    // An instant that no calendar has.
    return undefined;
  }
}

function unreadRow({ epoch, sequence, index, at, hash }: Placed & { readonly index?: number }): FlatEntry {
  const where = { uid: `${epoch}-${sequence}`, ...(index === undefined ? {} : { index }), time: instant(at) ?? '' };
  return { ...where, event: 'unreadable', outcome: 'failed', by: 'unknown', as: 'unknown', why: NOT_OURS, hash };
}

const NOT_OURS = 'The record cannot be read: somebody who can write to Redis wrote it, or it was damaged.';

function fieldsOf(
  placed: Placed & { readonly index?: number },
  { facts, people, sealed }: ReturnType<typeof readRecord>,
): FlatEntry {
  const [by, requester] = [people[String(facts.by)], people[String(facts.requester)]];
  const receipt = facts.receipt as { readonly code?: string } | undefined;
  const all: Readonly<Partial<Record<Field, unknown>>> = {
    uid: `${placed.epoch}-${placed.sequence}`,
    index: placed.index,
    time: instant(placed.at),
    ...picked(facts, ['event', 'outcome', 'act', 'by', 'through', 'as', 'requester', 'sourceName', 'machine']),
    byName: by?.name ?? by?.user,
    account: by?.account,
    host: by?.host,
    requesterName: requester?.name,
    source: requester?.source ?? facts.source,
    ...picked(facts, ['machineName', 'cloud', 'region', 'ports', 'request', 'version', 'follows', 'policies']),
    cloudAccount: facts.account ?? facts.subscription ?? facts.project,
    until: instant(facts.until),
    startsAt: instant(facts.startsAt),
    ...picked(facts, ['policyVersion', 'decision', 'calls', 'standing', 'why', 'code', 'proof']),
    words: by?.words,
    receipt: receipt?.code,
    sealed,
    hash: placed.hash,
  };
  const said = Object.keys(FIELDS).flatMap((field) => {
    const value = all[field as Field];
    if (value === undefined || value === null) return [];
    return [
      [
        field,
        Array.isArray(value)
          ? value.join('; ')
          : typeof value === 'number' || typeof value === 'string'
            ? value
            : JSON.stringify(value),
      ],
    ];
  });
  return Object.fromEntries(said) as FlatEntry;
}

/** The row of a line of the files. Undefined where its texts cannot be read: Drawbridge did not write them, or a newer version did. */
export function rowIn(line: Placed & { readonly index: number }, keyOf: KeyOf): FlatEntry | undefined {
  return isNewer(line) ? undefined : readRow({ ...line, people: openedPeople(line.people, keyOf) });
}

const RESULTS: Readonly<Record<string, number>> = { done: 1, begun: 1, shown: 1, failed: 2, refused: 2 };
const ACCOUNT_CHANGE = { class: 3004, category: 3 };

/** The same in OCSF 1.8: Entity Management (3004), category Identity & Access Management. */
export function ocsfOf(row: FlatEntry): Readonly<Record<string, unknown>> {
  const event = String(row.event ?? '');
  const { ocsf } = kindOf(event);
  const at = Date.parse(String(row.time));
  const fields: Record<string, unknown> = {};
  for (const [field, [, path]] of Object.entries(FIELDS)) {
    const value = row[field as Field];
    if (value !== undefined) put(fields, path.split('.'), field === 'time' ? at : value);
  }
  put(fields, ['metadata', 'version'], '1.8.0');
  put(fields, ['metadata', 'product'], { name: 'Drawbridge', vendor_name: 'Drawbridge' });
  put(fields, ['entity', 'name'], row.request ?? row.machineName ?? 'Drawbridge');
  return {
    ...fields,
    category_uid: ACCOUNT_CHANGE.category,
    class_uid: ACCOUNT_CHANGE.class,
    activity_id: ocsf,
    type_uid: ACCOUNT_CHANGE.class * 100 + ocsf,
    severity_id: /glass/.test(event) ? 4 : row.outcome === 'refused' || row.outcome === 'failed' ? 3 : 1,
    status_id: RESULTS[String(row.outcome)] ?? 0,
  };
}

function put(into: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    into[key] = value;
    return;
  }
  const below = (into[key] ?? {}) as Record<string, unknown>;
  into[key] = below;
  put(below, rest, value);
}

function picked(facts: Readonly<Record<string, unknown>>, fields: readonly Field[]): Partial<Record<Field, unknown>> {
  return Object.fromEntries(fields.map((field) => [field, facts[field]]));
}

function instant(value: unknown): string | undefined {
  return typeof value === 'number' ? new Date(value).toISOString() : undefined;
}
