import { randomUUID } from 'node:crypto';
import { readRecord, sha256 } from '../../core/audit/record.ts';
import { BEGINNING, type ChainEnd, lostBefore } from '../../core/evidence/chain.ts';
import { headText } from '../../core/evidence/head.ts';
import { introducedText } from '../../core/evidence/key-times.ts';
import { runBetween, runsOf } from '../../core/evidence/runs.ts';
import type { SignedEnd } from '../../core/evidence/signed-end.ts';
import { SECOND_MS } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import type { AuditRecord } from '../../ports/audit.ts';
import type { Checkpoint } from '../../ports/audit-chain.ts';
import type { EvidenceRoom } from '../../ports/evidence-room.ts';
import type { Deps } from '../deps.ts';
import type { Alarms } from '../operators/alarms.ts';
import { soon } from '../soon.ts';
import { firstBatch, MOST_RECORDS, placeOf } from './batch.ts';

/** Batches of one turn: others want the event loop, too. */
const MOST_BATCHES = 20;
/** A sink that hangs holds up the chain, and with it every other sink, for no longer. */
const END_MS = 5 * SECOND_MS;

type SequenceDeps = Pick<Deps, 'audit' | 'log'>;

/**
 * Chains what was written since the last turn, a signed head behind each batch. Any process may, one at a time; a second one changes
 * nothing. After a store that was lost, or went back, the chain goes on behind what the sinks have.
 */
export async function sequence(
  deps: SequenceDeps,
  room: EvidenceRoom,
  alarms: Pick<Alarms, 'raise'>,
  signal?: AbortSignal,
): Promise<void> {
  const known = await room.chain.last();
  // Where there is nothing to chain, sinks are not asked: some are in a network.
  if (known && (await deps.audit.read(placeOf(known), 1)).length === 0) return;
  const begins = await endOf(deps, room, alarms, known);
  if (!begins) return;
  let end: ChainEnd = begins;
  for (let n = 0; n < MOST_BATCHES && !signal?.aborted; n += 1) {
    const records = await deps.audit.read(placeOf(end), MOST_RECORDS);
    const links = firstBatch(end, records);
    const last = links.at(-1);
    if (!last) return;
    await look(deps, alarms, end, records.slice(0, links.length));
    await introduce(deps, room, alarms);
    const runs = runBetween(end, last) ? {} : { runs: runsOf(links) };
    const next = { ...signed(room, last, last.at), ...runs };
    if (!(await room.chain.add(end.index, next)))
      return deps.log.warn(
        { from: end.index },
        'the chain of the audit does not end there: another process was faster, or somebody put something behind it in Redis',
      );
    end = next;
  }
}

function signed({ installation, signer }: EvidenceRoom, end: ChainEnd, at: number): Checkpoint {
  const { index, head, epoch, sequence: place } = end;
  const note = signer.sign(headText({ installation, index, head, epoch, sequence: place, at }));
  return { index, head, epoch, sequence: place, at, note };
}

/**
 * Where the chain ends: behind what the store knows, or what is signed at a sink and the store lost. Undefined where the store knows nothing, and
 * at a sink is more than was signed there: a second chain would begin, of which that sink takes nothing.
 */
async function endOf(
  deps: SequenceDeps,
  room: EvidenceRoom,
  alarms: Pick<Alarms, 'raise'>,
  last: Checkpoint | undefined,
): Promise<ChainEnd | undefined> {
  const ends = await Promise.all(
    room.sinks.map(async (sink) => {
      const asked = Promise.resolve(sink.end?.(AbortSignal.timeout(END_MS)));
      const end = await soon(asked, END_MS).catch((error: unknown) => {
        deps.log.warn({ sink: sink.name, error }, 'a sink of the audit cannot tell where it ends');
        return undefined;
      });
      return end ? [{ ...end, name: sink.name }] : [];
    }),
  );
  const known = ends.flat();
  for (const end of known) await tellUnsigned(deps, room, alarms, end);
  if (!last && known.some(({ index, has = index }) => has > index)) return undefined;
  const farthest = known.toSorted((a, b) => b.index - a.index)[0];
  if (!farthest || farthest.index <= (last?.index ?? 0)) return last ?? BEGINNING;
  const { epoch, sequence: place } = last ?? farthest;
  const end = { index: farthest.index, head: farthest.head, epoch, sequence: place };
  deps.log.warn(
    { store: last?.index ?? 0, sinks: farthest.index },
    'the store lost a part of the audit that sinks have; the chain goes on behind it',
  );
  await room.chain.add(last?.index ?? 0, signed(room, end, last?.at ?? 0));
  return end;
}

/** Nothing is signed because it is there: whoever can write to a sink could have anything signed so. */
async function tellUnsigned(
  { log }: SequenceDeps,
  { chain }: EvidenceRoom,
  alarms: Pick<Alarms, 'raise'>,
  { name, index, has = index }: SignedEnd & { readonly name: string },
): Promise<void> {
  const last = await chain.last();
  // Another process may be bringing them, with their signed head.
  if (has <= index || has <= (last?.index ?? 0)) return;
  log.error({ sink: name, has }, 'a sink of the audit ends with records that nobody signed');
  const lines = [
    say`It has records up to ${String(has)}, which Redis does not know, and no key of this installation signed the last of them. Somebody who can write there wrote them; or Drawbridge was stopped while it wrote, and Redis lost them.`,
    say`The audit does not go on behind them, and ${name} takes nothing until they are gone from there: keep a copy, and take them out, or name another place in the settings.`,
    ...(last
      ? []
      : [say`Redis has nothing of the audit from before: until then, nothing is signed, and no sink gets anything.`]),
  ];
  const title = say`The audit sink ${name} has records that nobody signed`;
  await alarms.raise({ key: `sink unsigned ${name} ${has}`, title, lines, isLoud: true });
}

/** What was lost or changed in the store before it was chained is told. */
async function look(
  deps: SequenceDeps,
  alarms: Pick<Alarms, 'raise'>,
  end: ChainEnd,
  records: readonly AuditRecord[],
): Promise<void> {
  let before: Pick<ChainEnd, 'epoch' | 'sequence'> = end;
  const unread: string[] = [];
  for (const record of records) {
    const lost = lostBefore(before, record);
    const isNew = record.epoch !== before.epoch;
    before = record;
    const place = `${record.epoch}-${record.sequence}`;
    if (lost > 0 && !(isNew && end.index === 0)) {
      deps.log.error({ place, lost }, 'entries of the audit are missing in the store');
      const lines = [
        lost === 1
          ? say`1 before ${place}. Somebody deleted it, or the database went back.`
          : say`${lost} before ${place}. Somebody deleted them, or the database went back.`,
      ];
      await alarms.raise({
        key: `audit lost ${place} ${lost}`,
        title: say`Entries of the audit are missing`,
        lines,
        isLoud: true,
      });
    }
    if (readRecord(record).isUnread) unread.push(place);
    if (sha256(record.record) === record.hash) continue;
    deps.log.error({ place }, 'an entry of the audit was changed in the store');
    const lines = [say`Entry ${place} is not what its hash says: somebody who can write to Redis changed it.`];
    const title = say`The audit was changed in Redis`;
    await alarms.raise({ key: `audit changed ${place}`, title, lines, isLoud: true });
  }
  await tellUnread(deps, alarms, unread);
}

/** What cannot be read goes on as it is: it is in the chain, and whoever looks at it sees that it is none of Drawbridge's. */
async function tellUnread(
  { log }: SequenceDeps,
  alarms: Pick<Alarms, 'raise'>,
  [place, ...more]: readonly string[],
): Promise<void> {
  if (place === undefined) return;
  log.error({ place, more: more.length }, 'an entry of the audit cannot be read');
  const lines = [
    more.length === 0
      ? say`Entry ${place}: somebody who can write to Redis wrote it, or it was damaged. It is in the audit as \`unreadable\`.`
      : say`Entry ${place}, and ${more.length} more: somebody who can write to Redis wrote it, or it was damaged. It is in the audit as \`unreadable\`.`,
  ];
  await alarms.raise({
    key: `audit unread ${place} ${more.length}`,
    title: say`An entry of the audit cannot be read`,
    lines,
    isLoud: true,
  });
}

/** A key that signs for the first time is in the audit itself: whoever trusts the one before can follow. What an older one signs after that, nobody has to. */
async function introduce(
  { audit, log }: SequenceDeps,
  { chain, signer }: EvidenceRoom,
  alarms: Pick<Alarms, 'raise'>,
): Promise<void> {
  const { vkey } = signer;
  if (await chain.addKey(vkey)) {
    const why = introducedText(vkey);
    return audit.record({
      act: randomUUID(),
      event: 'audit key',
      outcome: 'done',
      by: 'drawbridge',
      as: 'program',
      why,
    });
  }
  const newest = (await chain.keys()).at(-1);
  if (newest === vkey) return;
  log.error({ signs: vkey, newest }, 'the audit is signed with a key that was replaced');
  const lines = [
    say`A process still has the key from before. One that is about to be restarted has a day for that.`,
    say`After it, \`jit audit verify\` takes no head of that key: give the process the newest of \`audit.keys\`, or of \`marks\`. To go back, make a new key.`,
  ];
  await alarms.raise({ key: `audit key ${vkey}`, title: say`The audit is signed with a key that was replaced`, lines });
}
