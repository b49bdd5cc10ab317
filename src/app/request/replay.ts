import { readRecord } from '../../core/audit/record.ts';
import { durationText } from '../../core/language/duration.ts';
import type { Instant } from '../../core/language/instant.ts';
import type { Machine } from '../../core/machine/machine.ts';
import { type Replay, type Replayed, replayOf } from '../../core/policy/replay.ts';
import type { Request } from '../../core/request/request.ts';
import { portText } from '../../core/rule/port.ts';
import { namedSourceText } from '../../core/rule/source.ts';
import type { AuditPlace } from '../../ports/audit.ts';
import type { Deps } from '../deps.ts';
import { inventory } from '../machine/inventory.ts';
import type { Case } from './case.ts';
import { imagined } from './imagined.ts';
import type { Judging } from './judging.ts';

/** Rules, and the people as they have them: groups of the file may be others. */
export type Version = Pick<Judging, 'rules' | 'directory'>;

/** Of so many requests it is told, the newest. */
const MOST = 20_000;
const AT_ONCE = 1_000;

type World = Pick<Deps, 'store' | 'audit' | 'clouds' | 'log' | 'onCall'>;

/**
 * Judges what was asked since an instant by the rules that hold and by others, over people and machines as they are now, at the time
 * when it was asked. Nothing is kept, and nobody is told.
 */
export async function replay(
  world: World,
  { now, wouldBe, most = MOST }: { readonly now: Version; readonly wouldBe: Version; readonly most?: number },
  since: Instant,
  signal: AbortSignal,
): Promise<Replay> {
  const machines = new Map((await inventory(world, signal)).all.map((machine) => [machine.id, machine]));
  const ids = await askedSince(world, since, signal);
  const own = { ...known(now), onCall: lasting(world.onCall) };
  const other = { ...known(wouldBe), onCall: own.onCall };
  const untold = { people: 0, machines: 0, records: 0 };
  const all: Replayed[] = [];
  for (const id of ids.slice(-most)) {
    signal.throwIfAborted();
    const { request } = await world.store.load(id);
    const machine = request && machines.get(request.machine);
    const requester = request && (await own.directory.byId(request.requester.id));
    if (!request) untold.records += 1;
    else if (!machine) untold.machines += 1;
    else if (!requester || requester.disabled) untold.people += 1;
    else if (!request.drill && !request.breakGlass)
      all.push(await judged({ log: world.log, own, other }, request, machine, signal));
  }
  return replayOf(since, all, untold, ids.length > most);
}

type Kept = Version & { readonly onCall: Judging['onCall'] };

async function judged(
  { log, own, other }: Pick<World, 'log'> & { readonly own: Kept; readonly other: Kept },
  request: Request,
  machine: Machine,
  signal: AbortSignal,
): Promise<Replayed> {
  const { id, askedAt: at, requester, ports, forMs } = request;
  const by = ({ rules, directory, onCall }: Kept) =>
    imagined({ rules, directory, machine, now: at, log, ...(onCall ? { onCall } : {}) }, askedOf(request), signal);
  const what = `${requester.name}, ${ports.map(portText).join(', ')} of ${machine.name} from ${namedSourceText(request)} for ${durationText(forMs)}`;
  return { id, at, what, now: await by(own), wouldBe: await by(other) };
}

/** As it was asked at first. The prefix counts, not the name: that may stand for something else by now. */
function askedOf(request: Request): Case {
  const { requester, machine, machineName, ports, source, bastion, forMs, startsAt, askedBy, justification } = request;
  const start = startsAt === undefined ? {} : { startsAt };
  const asked = { requester, machine, machineName, ports, source, forMs, because: justification, approvedBy: [] };
  const usual = { ...asked, ...start, ...(askedBy ? { askedBy } : {}) };
  return bastion === undefined ? usual : { ...usual, bastion };
}

/** The ids of what was asked, oldest first. */
async function askedSince({ audit }: World, since: Instant, signal: AbortSignal): Promise<readonly string[]> {
  const ids = new Set<string>();
  let after: AuditPlace | undefined;
  for (;;) {
    signal.throwIfAborted();
    const read = await audit.read(after, AT_ONCE);
    for (const one of read) {
      if (one.at < since) continue;
      const { facts } = readRecord(one);
      if (facts.event === 'asked' && typeof facts.request === 'string') ids.add(facts.request);
    }
    after = read.at(-1);
    if (read.length < AT_ONCE) return [...ids];
  }
}

/** Everybody is asked about once, and nobody anew: nothing is decided. */
function known({ rules, directory }: Version): Version {
  return {
    rules,
    directory: {
      byId: once((id) => directory.byId(id, 'lately')),
      members: once((group) => directory.members(group)),
    },
  };
}

function lasting(onCall: Judging['onCall']): Judging['onCall'] {
  if (!onCall) return undefined;
  const kept = new Map<string, Promise<readonly string[]>>();
  return {
    now: (schedule, signal) => {
      const own = kept.get(schedule) ?? onCall.now(schedule, signal);
      kept.set(schedule, own);
      return own;
    },
  };
}

function once<K, V>(ask: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const kept = new Map<K, Promise<V>>();
  return (key) => {
    const own = kept.get(key) ?? ask(key);
    kept.set(key, own);
    return own;
  };
}
