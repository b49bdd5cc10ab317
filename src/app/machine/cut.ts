import { JitError } from '../../core/errors/errors.ts';
import type { Instant } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import type { MachineId } from '../../core/machine/machine.ts';
import { cutAs } from '../../core/request/closing.ts';
import {
  answered,
  asking,
  type Cut,
  type Cutting,
  cutPorts,
  cutText,
  goingOn,
  hits,
  isCutting,
  isUnderWay,
  putOff,
  stepping,
  thwarted,
} from '../../core/request/cut.ts';
import { isCutDue } from '../../core/request/owes.ts';
import { type Activating, type Ended, isInForce, type Request } from '../../core/request/request.ts';
import type { CutReply } from '../../ports/sessions.ts';
import type { Deps } from '../deps.ts';
import { cloudFor } from './cloud.ts';
import { commit, type Decision } from './commit.ts';
import { asJitError } from './trouble.ts';

/** How long one step may take. Nothing waits for it but the machine's next look. */
const STEP_MS = 10_000;
/** A process looks at 200 machines at once: with so many of them waiting for an answer, closings have the rest. */
const MOST_AT_ONCE = 40;
const running = new Set<string>();
/** A step that is no fact for anybody. */
const LOOKED_AT = 'cut looked at';

/**
 * Goes on with cutting the sessions of what is over on a machine: one short step each, the rest by the due index. It holds no
 * lock, so that no closing waits for it. It is kept that a cut is under way before the machine is told, and then looked
 * whether another lease lets the same source in; what opens looks after its approval was kept. So one of both sees the other.
 */
export async function cutSessions(deps: Deps, machine: MachineId, signal: AbortSignal): Promise<void> {
  const { requests, now } = await deps.store.liveOn(machine);
  for (const request of requests) {
    // What nobody here sealed says nothing of whom to cut.
    if (request.isUnsealed || !isCutDue(request, now.at) || running.has(request.id)) continue;
    if (running.size >= MOST_AT_ONCE) await goOn(deps, request.id, putOff);
    else await counted(request.id, () => step(deps, request, signal));
  }
}

/** Is a cut under way that would hit what this request is to open? Then it waits: two minutes at most. */
export function heldBack(request: Activating, requests: readonly Request[], now: Instant): JitError | undefined {
  const cutting = requests.some(
    (one) =>
      one.status === 'ended' && isUnderWay(one.cut, now) && cutPorts(one).some((port) => hits(one, request, port)),
  );
  return cutting ? new JitError('sessionsBeingCut', { machine: request.machineName }) : undefined;
}

async function counted(id: string, work: () => Promise<void>): Promise<void> {
  running.add(id);
  try {
    await work();
  } finally {
    running.delete(id);
  }
}

async function step(deps: Deps, { id, version, ...request }: Ended, signal: AbortSignal): Promise<void> {
  const startedMs = deps.monotonic();
  if (!(await mine(deps, { id, version }))) return;
  const { requests, now } = await deps.store.liveOn(request.machine);
  const others = requests.filter(isInForce).filter(({ lease }) => lease.until > now.at);
  // Decided once a try: what was told cannot be taken back.
  const cutting = await goOn(deps, id, (cut) => (cut.asked ? cut : asking(cut, request, others)));
  if (!isCutting(cutting)) return;
  try {
    const reply = await told(deps, { request: { ...request, id }, cutting, startedMs }, signal);
    await goOn(deps, id, (cut, at) =>
      reply.state === 'done' ? answered(cut, reply.ports, at) : pending(cut, reply.command, at),
    );
  } catch (error) {
    if (signal.aborted) throw error;
    const known = asJitError(deps, error, { ...request, id });
    // It may have begun, or be running: what is not known yet is asked again.
    const isOpen = (cut: Cutting, at: Instant) => known.kind === 'busy' && isUnderWay(cut, at);
    await goOn(deps, id, (cut, at) => (isOpen(cut, at) ? cut : thwarted(cut, known.say, at)));
  }
}

/** Takes the next step of this very version, for no other process to take it too. */
async function mine(deps: Deps, { id, version }: Pick<Ended, 'id' | 'version'>): Promise<boolean> {
  let isMine = false;
  await commit(deps, id, (request, { at }) => {
    isMine = request.version === version && isCutDue(request, at);
    if (!isMine || request.status !== 'ended' || !isCutting(request.cut)) return undefined;
    const event = request.cut.state === 'owed' ? 'cutting sessions' : LOOKED_AT;
    return { next: cutAs(request, stepping(request.cut, at), at), event, by: 'drawbridge' };
  });
  return isMine;
}

interface Telling {
  readonly request: Pick<Ended, 'id' | 'machine' | 'machineName' | 'source'>;
  readonly cutting: Cutting;
  /** Of the process's monotonic clock: before it was kept that it is under way. */
  readonly startedMs: number;
}

async function told(deps: Deps, { request, cutting, startedMs }: Telling, signal: AbortSignal): Promise<CutReply> {
  const { asked: ports = [], command, tries } = cutting;
  const { id, machine, machineName, source } = request;
  if (ports.length === 0) return { state: 'done', ports: [] };
  const { cut } = cloudFor(deps, machine);
  if (!cut) throw new JitError('sessionsStay', { machine: machineName, why: say`that is not configured any more` });
  const ask = { machine, source, ports, token: `${id}-${tries}`, ...(command === undefined ? {} : { command }) };
  // A process that slept meanwhile would tell it when another lease may be open again.
  const beforeCall = () => {
    if (deps.monotonic() - startedMs > STEP_MS) throw new JitError('cloudSilent', { cloud: say`The cloud` });
  };
  return cut(ask, AbortSignal.any([signal, AbortSignal.timeout(STEP_MS)]), beforeCall);
}

function pending(cut: Cutting, command: string, at: Instant): Cut {
  const isLate = !isUnderWay(cut, at);
  return isLate ? thwarted(cut, 'The machine did not say what came of it.', at) : goingOn(cut, command, at);
}

/** Keeps what came of it, on the newest version; gives it as it is then. */
async function goOn(deps: Deps, id: string, next: (cut: Cutting, at: Instant) => Cut): Promise<Cut | undefined> {
  const kept = await commit(deps, id, (request, { at }): Decision | undefined => {
    if (request.status !== 'ended' || !isCutting(request.cut)) return undefined;
    const cut = next(request.cut, at);
    if (cut === request.cut) return undefined;
    const said = wordsOf(cut);
    const { command } = request.cut;
    // The cloud's own id of what the machine was told.
    const calls = command === undefined ? {} : { calls: [`command ${command}`] };
    return { next: cutAs(request, cut, at, said.event), by: 'drawbridge', event: LOOKED_AT, ...said, ...calls };
  });
  return kept.status === 'ended' ? kept.cut : undefined;
}

/** What of it is a fact for people, and for the audit. */
function wordsOf(cut: Cut): { readonly event?: string; readonly text?: string } {
  if (cut.state === 'unknown') return { event: 'sessions not cut', text: cut.say };
  if (cut.state !== 'done') return {};
  const isLeft = cut.ports.some((one) => 'left' in one && one.left > 0);
  return { event: isLeft ? 'sessions left' : 'sessions cut', text: cutText(cut.ports) };
}
