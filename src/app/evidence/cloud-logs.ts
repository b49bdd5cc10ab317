import { JitError, keptSpans } from '../../core/errors/errors.ts';
import {
  type ActSeen,
  callsIn,
  isAccounted,
  isShown,
  type LoggedWrite,
  spellsOf,
  unlogged,
  WRITE_MS,
  type WriteAround,
} from '../../core/evidence/written.ts';
import { HOUR_MS, type Instant, MINUTE_MS } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import { type CloudName, cloudOf } from '../../core/machine/machine.ts';
import { isApproved } from '../../core/request/request.ts';
import { samePort } from '../../core/rule/port.ts';
import type { Cloud } from '../../ports/cloud.ts';
import type { CloudLog, LogMarks, WriteLog } from '../../ports/write-log.ts';
import type { Deps } from '../deps.ts';
import type { Alarms } from '../operators/alarms.ts';
import { AuditedActs } from './audited-acts.ts';
import { LogClaims } from './log-claims.ts';
import { tellLogged, tellUnlogged, tellWrites } from './write-news.ts';

/** Logs that are read at a time. */
const TOGETHER = 4;
/** So much of a log is read in one turn: after an outage it is caught up with turn by turn. */
const MOST_MS = 6 * HOUR_MS;
/** Once an hour so much is read again: what a log tells later than it should is found, too. */
const LATE_MS = 4 * HOUR_MS;
/** A write of ours may be in the log before its entry is in the audit: it is put back with its outcome. */
const ENTRY_MS = MINUTE_MS;
/** A log that cannot be read for so long is told. */
export const SILENT_MS = 10 * MINUTE_MS;
/** Writes that were judged, by their ids; then it begins anew, and what was told is known to the store. */
const MOST_JUDGED = 50_000;

export type CloudLogDeps = Pick<Deps, 'audit' | 'chats' | 'clouds' | 'log' | 'monotonic' | 'rules' | 'store' | 'ways'>;

interface Reading {
  readonly cloud: CloudName;
  readonly from: WriteLog;
  readonly log: CloudLog;
}

/**
 * Compares the clouds' own logs with the audit, both ways: writes around protected machines that nobody of Drawbridge made, or for
 * which it has no entry, and entries for which a log has no write. Each is told to the operators once. Nothing here opens or
 * closes: what is open past its time is the patrol's.
 */
export function cloudLogWatcher(
  deps: CloudLogDeps,
  marks: LogMarks,
  alarms: Pick<Alarms, 'raise' | 'over'>,
): (signal: AbortSignal) => Promise<void> {
  const watcher = new Watcher(deps, marks, alarms);
  return (signal) => watcher.look(signal);
}

/** The clouds that can read in their own logs. */
export function withLogs(clouds: Deps['clouds']): readonly (readonly [CloudName, WriteLog])[] {
  return [...clouds].flatMap(([name, cloud]) => (hasLogs(cloud) ? [[name, cloud] as const] : []));
}

function hasLogs(cloud: Cloud): cloud is Cloud & WriteLog {
  return cloud.logs !== undefined && cloud.written !== undefined && cloud.around !== undefined;
}

class Watcher {
  readonly #deps: CloudLogDeps;
  readonly #marks: LogMarks;
  readonly #alarms: Pick<Alarms, 'raise' | 'over'>;
  readonly #acts: AuditedActs;
  readonly #judged = new Map<string, WriteAround>();
  /** Those that are in front of no protected machine. */
  readonly #elsewhere = new Set<string>();
  /** Since when logs cannot be read, by this process's own clock; `denied` where they never could. */
  readonly #silent = new Map<string, number | 'denied'>();
  readonly #claims: LogClaims;
  /** Clouds of which the audit says that nobody knows their logs. */
  readonly #unlisted = new Set<string>();
  /** When it was read far back, by log. */
  readonly #farBack = new Map<string, Instant>();

  /** What no chat took, by log: it is told again. */
  readonly #untaken = new Map<string, { readonly late: readonly ActSeen[]; readonly missing: readonly ActSeen[] }>();

  constructor(deps: CloudLogDeps, marks: LogMarks, alarms: Pick<Alarms, 'raise' | 'over'>) {
    this.#deps = deps;
    this.#marks = marks;
    this.#alarms = alarms;
    this.#acts = new AuditedActs(deps.audit, marks);
    this.#claims = new LogClaims(deps, marks, alarms);
  }

  async look(signal: AbortSignal): Promise<void> {
    const readings = await this.#readings(signal);
    if (readings.length === 0) return;
    const { at: now } = await this.#deps.store.now();
    // What stood in the logs before they were compared for the first time is nobody's here to tell.
    for (const { log } of readings)
      if (!(await this.#marks.of(log.name))) await this.#marks.keep(log.name, { began: now, upTo: now });
    if (!(await this.#acts.readOn())) return;
    for (let i = 0; i < readings.length; i += TOGETHER) {
      signal.throwIfAborted();
      await Promise.all(readings.slice(i, i + TOGETHER).map((reading) => this.#read(reading, now, signal)));
    }
    const marks = await Promise.all(readings.map(({ log }) => this.#marks.of(log.name)));
    const ends = marks.map((mark) => mark?.blindFrom ?? mark?.upTo ?? now);
    await this.#acts.forget(Math.min(...ends, now - LATE_MS));
    if (this.#judged.size > MOST_JUDGED) this.#judged.clear();
    if (this.#elsewhere.size > MOST_JUDGED) this.#elsewhere.clear();
  }

  async #readings(signal: AbortSignal): Promise<readonly Reading[]> {
    const all = await Promise.all(
      withLogs(this.#deps.clouds).map(async ([cloud, from]) => {
        try {
          const logs = (await from.logs(signal)).map((log) => ({ cloud, from, log }));
          await this.#readable({ name: cloud });
          return logs;
        } catch (error) {
          if (signal.aborted) throw error;
          await this.#cannotTell({ name: cloud }, error, 'list');
          return [];
        }
      }),
    );
    return all.flat();
  }

  /** One that cannot be read keeps no other from being. */
  async #read(reading: Reading, now: Instant, signal: AbortSignal): Promise<void> {
    const { log } = reading;
    try {
      await this.#compare(reading, now, signal);
      await this.#readable(log);
    } catch (error) {
      if (signal.aborted) throw error;
      await this.#cannotTell(log, error);
    }
  }

  async #readable(log: Pick<CloudLog, 'name'>): Promise<void> {
    this.#silent.delete(log.name);
    this.#unlisted.delete(log.name);
    const title = say`${log.name}: its log of changes can be read again`;
    await this.#alarms.over({ key: keyOf(log), title, lines: [say`What happened meanwhile is compared now.`] });
  }

  async #compare({ cloud, from, log }: Reading, now: Instant, signal: AbortSignal): Promise<void> {
    const mark = await this.#marks.of(log.name);
    const known = mark ?? { began: now, upTo: now };
    const { began } = known;
    const upTo = Math.max(known.upTo, now - log.keepsMs);
    // Nothing comes in order: what may still come is read again each time.
    const start = Math.min(upTo, now - log.lagMs, this.#again(log, now, began));
    const to = Math.min(now, start + MOST_MS);
    const read = await from.written(log.name, { from: start - 2 * WRITE_MS, to }, signal);
    const foreign = await this.#judge(from, log, { read, now, began }, signal);
    for (const { id } of await tellWrites(this.#deps, log, foreign, now)) this.#judged.delete(id);
    const acts = this.#acts.all().filter((act) => cloudOf(act.machine) === cloud && log.covers(act.machine));
    const writes = read.flatMap(({ id }) => this.#judged.get(id) ?? []);
    const unlisted = acts.filter((act) => this.#acts.isUnlogged(act));
    const shown = unlisted.filter((act) => isShown(act, writes));
    const untaken = this.#untaken.get(log.name) ?? { late: [], missing: [] };
    const late = await tellLogged(this.#deps, log, [...untaken.late, ...shown]);
    const still = untaken.missing.filter((act) => !shown.includes(act));
    const stillMissing = await tellUnlogged(this.#deps, log, still);
    this.#untaken.set(log.name, { late, missing: stillMissing });
    const due = { from: Math.max(upTo, this.#acts.since), to: Math.min(to, now - log.lagMs) };
    if (due.to <= due.from) return;
    const missing = await this.#missing(unlogged(acts, writes, due));
    const untold = await tellUnlogged(this.#deps, log, missing);
    this.#untaken.set(log.name, { late, missing: [...stillMissing, ...untold] });
    const own = writes.filter(({ by }) => by !== 'other').map(({ at }) => at);
    const look = { now, due, missing, ...(own.length > 0 ? { newestOwn: Math.max(...own) } : {}) };
    await this.#claims.looked(log, known, look);
  }

  /** From where on it is read once more. The audit is known as far back after a restart, too. */
  #again({ name }: CloudLog, now: Instant, began: Instant): Instant {
    const last = this.#farBack.get(name);
    if (last === undefined || now - last >= HOUR_MS) this.#farBack.set(name, now);
    if (last === undefined || now - last < HOUR_MS) return now;
    return Math.max(now - LATE_MS, began);
  }

  /** Those writes, of the ones that were not judged yet, which nothing accounts for. */
  async #judge(
    from: WriteLog,
    log: CloudLog,
    { read, now, began }: { readonly read: readonly LoggedWrite[]; readonly now: Instant; readonly began: Instant },
    signal: AbortSignal,
  ): Promise<readonly WriteAround[]> {
    const fresh = read.filter(({ id }) => !this.#judged.has(id) && !this.#elsewhere.has(id));
    const placed = fresh.length > 0 ? await from.around(log.name, fresh, signal) : [];
    const around = new Map(placed.map((write) => [write.id, write]));
    const [spells, calls] = [spellsOf(this.#acts.all()), callsIn(this.#acts.all())];
    const foreign: WriteAround[] = [];
    for (const one of fresh) {
      const write = around.get(one.id);
      // Without its entries nobody can tell whether it was Drawbridge.
      const since = one.by === 'other' ? began : Math.max(began, this.#acts.since);
      const isAlien = write !== undefined && write.at >= since && !isAccounted(write, spells, calls);
      // Its entry may be on its way.
      if (isAlien && write.by !== 'other' && now - write.at < ENTRY_MS) continue;
      if (isAlien) foreign.push(write);
      if (write) this.#judged.set(one.id, write);
      else this.#elsewhere.add(one.id);
    }
    return foreign;
  }

  async #missing(acts: readonly ActSeen[]): Promise<readonly ActSeen[]> {
    const all: ActSeen[] = [];
    for (const act of acts) if (await this.#wasWritten(act)) all.push(act);
    return all;
  }

  /** Was something to be written for it? Not where another access, or a standing rule, opened the same already. */
  async #wasWritten({ request: id, machine }: ActSeen): Promise<boolean> {
    if (id === undefined) return false;
    const { request } = await this.#deps.store.load(id);
    if (!request || !isApproved(request) || request.lease.placements.length === 0) return false;
    if (request.lease.openedAt === undefined) return false;
    const { requests } = await this.#deps.store.liveOn(machine);
    const others = requests.filter((other) => other.id !== id && isApproved(other));
    return !others.some((other) => other.ports.some((port) => request.ports.some((own) => samePort(own, port))));
  }

  async #cannotTell(log: Pick<CloudLog, 'name'>, error: unknown, what: 'log' | 'list' = 'log'): Promise<void> {
    const { log: lines, monotonic } = this.#deps;
    const isDenied = error instanceof JitError && error.code === 'cloudDenied';
    const since = this.#silent.get(log.name);
    if (what === 'log' && since === undefined && isDenied && !(await this.#wasRead(log))) {
      this.#silent.set(log.name, 'denied');
      return lines.info(
        { of: log.name, error },
        'the log of a cloud may not be read; `jit doctor` says which right it takes',
      );
    }
    if (since === 'denied') return;
    if (since === undefined) this.#silent.set(log.name, monotonic());
    lines.warn({ of: log.name, error }, 'the log of a cloud could not be read: nobody can tell who changed what there');
    if (since === undefined || monotonic() - since < SILENT_MS) return;
    const why = error instanceof Error ? error.message : String(error);
    if (what === 'log') await this.#claims.unread(log, why);
    else if (!this.#unlisted.has(log.name))
      await this.#claims.unlisted(log.name, (await this.#deps.store.now()).at, why);
    if (what === 'list') this.#unlisted.add(log.name);
    await this.#alarms.raise({
      key: keyOf(log),
      title: say`${log.name}: its log of changes cannot be read`,
      lines: [
        say`Drawbridge cannot tell who else changes what is in front of machines there: ${error instanceof JitError ? keptSpans(error) : why}`,
        say`It goes on reading, and compares what it missed. \`jit doctor\` says which right it takes.`,
      ],
    });
  }

  /** Was it ever compared? A right that was never given is no trouble. */
  async #wasRead({ name }: Pick<CloudLog, 'name'>): Promise<boolean> {
    const mark = await this.#marks.of(name);
    return mark !== undefined && mark.upTo > mark.began;
  }
}

function keyOf({ name }: Pick<CloudLog, 'name'>): string {
  return `cloud log ${name}`;
}
