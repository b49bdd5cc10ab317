import { readRecord } from '../../core/audit/record.ts';
import { type ActSeen, tellsOfWrites, unloggedId, WRITE_MS } from '../../core/evidence/written.ts';
import type { Instant } from '../../core/language/instant.ts';
import { type MachineId, parseMachineId } from '../../core/machine/machine.ts';
import type { Audit, AuditPlace, AuditRecord } from '../../ports/audit.ts';
import type { LogMarks } from '../../ports/write-log.ts';

const PAGE = 1_000;
/** Pages of one turn: others want the event loop, too. */
const MOST_PAGES = 20;
/** Entries that are remembered; an installation that writes more in an hour is too busy to be compared whole. */
const MOST_ACTS = 50_000;

/** What the acts of entries begin with that say so of others (write-news.ts). */
export const UNLOGGED = 'log-';
export const LATE = 'log-late ';

interface Kept extends ActSeen {
  readonly place: AuditPlace;
}

/** The entries of the audit that tell of writes to clouds, as far back as they are needed, read on from where they were read to. */
export class AuditedActs {
  readonly #audit: Pick<Audit, 'read'>;
  readonly #marks: LogMarks;
  #acts: Kept[] = [];
  #read: AuditPlace | undefined;
  #isBegun = false;
  /** Acts that a log had no write for, and has none yet. */
  readonly #unlogged = new Set<string>();
  /** Entries before it are not known any more. */
  #since = Number.NEGATIVE_INFINITY;

  constructor(audit: Pick<Audit, 'read'>, marks: LogMarks) {
    this.#audit = audit;
    this.#marks = marks;
  }

  /** Reads on. False where there is more: nothing can be told yet. */
  async readOn(): Promise<boolean> {
    if (!this.#isBegun) await this.#begin();
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const records = await this.#audit.read(this.#read, PAGE);
      for (const record of records) {
        this.#follow(record);
        const act = actOf(record);
        if (act) this.#acts.push(act);
        else this.#note(record);
        this.#read = { epoch: record.epoch, sequence: record.sequence };
      }
      this.#bound();
      if (records.length < PAGE) return true;
    }
    return false;
  }

  async #begin(): Promise<void> {
    const place = await this.#marks.place();
    this.#isBegun = true;
    if (!place) return;
    this.#read = { epoch: place.epoch, sequence: place.sequence };
    this.#since = place.since ?? this.#since;
  }

  /** Entries that the store has no more, as every sink has them, are not known. */
  #follow({ epoch, sequence, at }: AuditRecord): void {
    const last = this.#read;
    if (last && last.epoch === epoch && sequence > last.sequence + 1) this.#since = Math.max(this.#since, at);
  }

  all(): readonly ActSeen[] {
    return this.#acts;
  }

  /** Does the audit say that a log has no write for it? */
  isUnlogged(act: ActSeen): boolean {
    return this.#unlogged.has(unloggedId(act));
  }

  /** From when on every entry is known. */
  get since(): Instant {
    return this.#since;
  }

  /** Forgets what is older and was brought to its end, and keeps from where to read on after a restart. */
  async forget(before: Instant): Promise<void> {
    const from = before - 3 * WRITE_MS;
    const ended = new Map<string, Instant>();
    for (const act of this.#acts) ended.set(keyOf(act), act.at);
    const kept = this.#acts.filter((act) => (ended.get(keyOf(act)) ?? act.at) >= from);
    if (kept.length < this.#acts.length) this.#acts = kept;
    const known = new Set(kept.map(unloggedId));
    for (const id of this.#unlogged) if (!known.has(id)) this.#unlogged.delete(id);
    const [first] = kept;
    const place = first ? { epoch: first.place.epoch, sequence: first.place.sequence - 1 } : this.#read;
    if (place)
      await this.#marks.keepPlace({ ...place, ...(Number.isFinite(this.#since) ? { since: this.#since } : {}) });
  }

  #note(record: AuditRecord): void {
    const { event, act } = readRecord(record).facts;
    const id = String(act);
    if (event === 'unlogged') this.#unlogged.add(id.slice(UNLOGGED.length));
    else if (event === 'logged late') this.#unlogged.delete(id.slice(LATE.length));
  }

  #bound(): void {
    if (this.#acts.length <= MOST_ACTS) return;
    this.#acts = this.#acts.slice(-MOST_ACTS);
    this.#since = this.#acts[0]?.at ?? this.#since;
  }
}

/** Entries of one request on one machine, or of one act: they are forgotten together. */
function keyOf({ request, act, machine }: ActSeen): string {
  return `${request ?? act}|${machine}`;
}

function actOf(record: AuditRecord): Kept | undefined {
  const { facts } = readRecord(record);
  const stringOf = (field: string) => (typeof facts[field] === 'string' ? facts[field] : undefined);
  const machine: MachineId | undefined = parseMachineId(stringOf('machine') ?? '');
  const event = stringOf('event');
  if (!machine || event === undefined || !tellsOfWrites({ event })) return undefined;
  const [machineName, request, startsAt] = [stringOf('machineName'), stringOf('request'), facts.startsAt];
  return {
    at: record.at,
    event,
    outcome: stringOf('outcome') ?? '',
    act: stringOf('act') ?? '',
    machine,
    ...(machineName === undefined ? {} : { machineName }),
    ...(request === undefined ? {} : { request }),
    ...(typeof startsAt === 'number' ? { startsAt } : {}),
    ...callsOf(facts.calls),
    place: { epoch: record.epoch, sequence: record.sequence },
  };
}

/** The ids at the ends of `AuthorizeSecurityGroupIngress 9a6…`. */
function callsOf(calls: unknown): Pick<ActSeen, 'calls'> {
  if (!Array.isArray(calls)) return {};
  return { calls: calls.flatMap((call) => (typeof call === 'string' ? (call.split(' ').at(-1) ?? []) : [])) };
}
