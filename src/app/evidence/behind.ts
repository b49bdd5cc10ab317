import { randomUUID } from 'node:crypto';
import { isPlace } from '../../core/evidence/entry.ts';
import { retainedText, retentionNote } from '../../core/evidence/retained.ts';
import { DAY_MS, MINUTE_MS } from '../../core/language/instant.ts';
import { lasting, say } from '../../core/language/say.ts';
import type { AuditPlace } from '../../ports/audit.ts';
import type { EvidenceRoom } from '../../ports/evidence-room.ts';
import type { Deps } from '../deps.ts';
import type { Alarms } from '../operators/alarms.ts';
import { placeOf } from './batch.ts';

/** A sink that is behind for so long is told: long before memory is short. */
export const LATE_MS = 5 * MINUTE_MS;

/** How far a sink is behind. */
export interface Lag {
  readonly name: string;
  readonly records: number;
  /** How long the oldest that it lacks has waited. */
  readonly waitedMs: number;
  readonly isBestEffort: boolean;
  /** The configuration names it. */
  readonly isConfigured: boolean;
}

export async function lags({ store }: Pick<Deps, 'store'>, { chain, sinks }: EvidenceRoom): Promise<readonly Lag[]> {
  const [last, states, { at: now }] = [await chain.last(), await chain.sinks(), await store.now()];
  return Promise.all(
    states.map(async ({ name, index, at, isBestEffort = false }) => {
      const [next] = await chain.after(index, 1);
      const records = Math.max(0, (last?.index ?? 0) - index);
      // Where what is next cannot be read, since it was given something last; one that never was waits for nobody knows how long.
      const sinceMs = next || at > 0 ? now - (next?.at ?? at) : LATE_MS;
      const waitedMs = records > 0 ? Math.max(0, sinceMs) : 0;
      return { name, records, waitedMs, isBestEffort, isConfigured: sinks.some((sink) => sink.name === name) };
    }),
  );
}

/**
 * Tells the operators of entries that are not chained: of those no sink gets any. Their numbers may be lower than what is signed already, as
 * after a database that was lost and a clock that was set back; or somebody who can write to Redis put them there.
 */
export async function watchChain(
  { audit, store, log }: Pick<Deps, 'audit' | 'store' | 'log'>,
  { chain }: EvidenceRoom,
  alarms: Pick<Alarms, 'raise' | 'over'>,
): Promise<void> {
  const key = 'audit unchained';
  const [last, newest, { at: now }] = [await chain.last(), await audit.newest(), await store.now()];
  const [next] = await audit.read(last && placeOf(last), 1);
  const waitedMs = next ? now - next.at : 0;
  const isBefore = newest !== undefined && ((last && isEarlier(newest, last)) || !isPlace({ ...newest, at: now }));
  if (!isBefore && waitedMs < LATE_MS)
    return alarms.over({
      key,
      title: say`Entries of the audit are signed again`,
      lines: [say`Nothing has to be done.`],
    });
  log.error({ waitedMs, newest, chained: last && placeOf(last) }, 'entries of the audit are not chained');
  const why = isBefore
    ? say`What is written now has numbers that cannot come behind what is signed already: the database was lost and its clock set back, or somebody who can write to Redis did that. docs/audit.md says how it goes on.`
    : say`The oldest waits for ${lasting(waitedMs)}. The log says why.`;
  const lines = [say`Nobody signs them, and no sink gets them.`, why];
  await alarms.raise({
    key,
    title: say`Entries of the audit are not signed`,
    lines,
    isLoud: true,
    level: isBefore ? 1 : 0,
  });
}

function isEarlier(one: AuditPlace, other: AuditPlace): boolean {
  return one.epoch < other.epoch || (one.epoch === other.epoch && one.sequence < other.sequence);
}

/** Tells the operators of sinks that are behind, by every way that there is: the chats may be what is down. */
export async function watchSinks(
  deps: Pick<Deps, 'store' | 'log'>,
  room: EvidenceRoom,
  alarms: Pick<Alarms, 'raise' | 'over'>,
): Promise<void> {
  for (const { name, records, waitedMs, isConfigured, isBestEffort } of await lags(deps, room)) {
    const key = `sink ${name}`;
    if (waitedMs < LATE_MS) {
      await alarms.over({
        key,
        title: say`The audit sink ${name} has caught up`,
        lines: [say`Nothing has to be done.`],
      });
      continue;
    }
    deps.log.error({ sink: name, records, waitedMs }, 'a sink of the audit is behind');
    const remedy = isConfigured
      ? say`${isBestEffort ? say`Nothing waits for it: it may lose some.` : say`Nothing is deleted from Redis before it has them.`} The log says why it takes nothing.`
      : say`The configuration does not name it any more. If it is gone for good: \`jit audit forget ${name}\`.`;
    const waiting =
      records === 1
        ? say`1 record waits for it, for ${lasting(waitedMs)}.`
        : say`${records} records wait for it, the oldest for ${lasting(waitedMs)}.`;
    await alarms.raise({
      key,
      title: say`The audit sink ${name} is behind`,
      lines: [say`${waiting} ${remedy}`],
      isLoud: true,
      level: waitedMs > 12 * LATE_MS ? 1 : 0,
    });
  }
}

/**
 * Deletes what is older than the settings keep, where a sink can; the audit has it before, so that nobody takes it for a cut. By the store's clock
 * and this computer's, whichever is earlier: one that is ahead, or that somebody who can write to Redis set, deletes nothing before its time.
 */
export async function retain(
  { audit, store }: Pick<Deps, 'audit' | 'store'>,
  { sinks, keepMs, wall, signer, installation }: EvidenceRoom,
): Promise<void> {
  const { at: theirs, trusted } = await store.now();
  if (!trusted) return;
  const at = Math.min(theirs, wall());
  for (const { name, expire } of sinks) {
    const act = randomUUID();
    const tell = (outcome: 'begun' | 'done') => async (begins: number) => {
      const what = { installation, sink: name, begins, days: keepMs / DAY_MS, at };
      const said = { why: retainedText(what), retention: retentionNote(signer, what) };
      await audit.record({ act, event: 'retain', outcome, by: 'configuration', as: 'program', ...said });
    };
    const begins = await expire?.(at - keepMs, tell('begun'));
    if (begins !== undefined) await tell('done')(begins);
  }
}

/** Drops from the store what every sink has, where the settings say how much is to stay. Of one that has not begun, nobody can tell. */
export async function trimAudit({ log }: Pick<Deps, 'log'>, { chain, keep, sinks }: EvidenceRoom): Promise<void> {
  if (keep === undefined) return;
  const begun = new Set((await chain.sinks()).map(({ name }) => name));
  if (sinks.some(({ name, isBestEffort }) => !isBestEffort && !begun.has(name))) return;
  const dropped = await chain.trim(keep);
  if (dropped > 0) log.info({ dropped, keep }, 'entries of the audit that every sink has were dropped from Redis');
}
