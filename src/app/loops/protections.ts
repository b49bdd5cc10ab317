import { createHash } from 'node:crypto';
import { JitError, sayOf } from '../../core/errors/errors.ts';
import { DAY_MS, MINUTE_MS } from '../../core/language/instant.ts';
import type { Machine, MachineId } from '../../core/machine/machine.ts';
import { uniquePlaces } from '../../core/people/place.ts';
import { type Differences, differencesOf, type HeldPort, heldPorts, lockedPorts } from '../../core/policy/held.ts';
import { type HeldNews, heldReport } from '../../core/view/held.ts';
import type { MachineState } from '../../ports/cloud.ts';
import { codeOf, note } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { cloudFor } from '../machine/cloud.ts';
import { inventory } from '../machine/inventory.ts';
import { portFacts } from '../protect/facts.ts';
import { heldAttempt, holdMachine } from '../protect/held.ts';
import { tellChannels } from '../protect/news.ts';
import { locker } from './lockdowns.ts';

/** So many machines are protected, or told about, at a time: a wrong entry is noticed before it has done all it could. */
const MOST_CHANGED = 10;
/** So many are looked at: one that nobody looked at yet first, then the one whose last look is the oldest. */
const MOST_LOOKED = 50;
const LIST_MS = 45_000;
const LOOK_MS = 15_000;
/** What was refused is tried again when the machine is found otherwise, or after a day: rights and quotas are not seen on it. */
const AGAIN_MS = DAY_MS;
/** What was told is not told again for so long. */
const TOLD_MS = 30 * DAY_MS;
/** Other than the patrol of rules, which closes: nothing waits for this. */
const ALL_MS = 5 * MINUTE_MS;

interface Memory {
  /** In which turn a machine was looked at last. */
  readonly looked: Map<MachineId, number>;
  readonly refused: Map<MachineId, { readonly found: string; readonly at: number }>;
}

/**
 * Protects the machines of the setting `protections`, also those that appear later, and tells the channels: what was
 * protected, what could not be, and what is protected with other limits, which is left as it is. It ends no protection, and
 * closes only what somebody agreed to (lockdowns.ts); and does nothing while processes go by different rules. Made once for a process, and run as often as the patrol.
 */
export function holder(deps: Deps): (signal: AbortSignal) => Promise<void> {
  const memory: Memory = { looked: new Map(), refused: new Map() };
  const locked = locker(deps);
  let turn = 0;
  return async (stopping) => {
    const { protections = [] } = deps.rules;
    if (protections.length === 0 || (await isElsewhereOtherwise(deps))) return;
    const isLocking = protections.some(({ lockdown }) => lockdown);
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(ALL_MS)]);
    const { all, unread } = await inventory(deps, AbortSignal.any([signal, AbortSignal.timeout(LIST_MS)]));
    const wanted = all.map((machine) => ({ machine, held: heldPorts(protections, machine) }));
    const meant = wanted.filter(({ held }) => held.length > 0);
    forget(memory, new Set(meant.map(({ machine }) => machine.id)));
    const last = ({ machine }: (typeof meant)[number]) => memory.looked.get(machine.id) ?? 0;
    const due = meant.toSorted((a, b) => last(a) - last(b)).slice(0, MOST_LOOKED);
    turn += 1;
    const news: HeldNews[] = [];
    for (const { machine, held } of due) {
      if (signal.aborted || news.length >= MOST_CHANGED) break;
      memory.looked.set(machine.id, turn);
      news.push(...(await settle(deps, memory, machine, held)));
    }
    const isLocked = ({ machine }: (typeof meant)[number]) => lockedPorts(protections, machine).length > 0;
    const looked = due.filter(({ machine }) => memory.looked.get(machine.id) === turn).map(({ machine }) => machine);
    const known = unread.length > 0 ? {} : { known: new Set(meant.filter(isLocked).map(({ machine }) => machine.id)) };
    if (isLocking) news.push(...(await locked({ due: looked, ...known, most: MOST_CHANGED }, signal)));
    const asked = uniquePlaces(protections.flatMap(({ lockdown }) => lockdown?.ask ?? []));
    if (news.length > 0) await tellChannels(deps, heldReport(news), asked);
  };
}

/** Processes live that go by other rules, as in a deploy: what one protects or asks about, another would have otherwise, for ever. */
async function isElsewhereOtherwise(deps: Deps): Promise<boolean> {
  try {
    await deps.mustAgree?.();
    return false;
  } catch (error) {
    if (!(error instanceof JitError && error.code === 'rulesDiffer')) throw error;
    deps.log.info({}, 'processes live that go by other rules: nothing is protected until they agree');
    return true;
  }
}

function forget({ looked, refused }: Memory, known: ReadonlySet<MachineId>): void {
  for (const id of looked.keys()) {
    if (known.has(id)) continue;
    looked.delete(id);
    refused.delete(id);
  }
}

/** One machine: what is missing is protected, what is otherwise is told once. */
async function settle(
  deps: Deps,
  memory: Memory,
  machine: Machine,
  held: readonly HeldPort[],
): Promise<readonly HeldNews[]> {
  try {
    const state = await cloudFor(deps, machine.id).look(machine.id, AbortSignal.timeout(LOOK_MS));
    const { missing, otherwise } = differencesOf(held, state.protection);
    const told = otherwise.length > 0 ? await tellOtherwise(deps, machine, otherwise) : [];
    return [
      ...told,
      ...(missing.length > 0 ? await protectMissing(deps, memory, { state, machine, held, missing }) : []),
    ];
  } catch (error) {
    deps.log.info(
      { machine: machine.id, error },
      'whether a machine is protected as the configuration says could not be read',
    );
    return [];
  }
}

interface Lacking {
  readonly state: MachineState;
  readonly machine: Machine;
  readonly held: readonly HeldPort[];
  readonly missing: readonly HeldPort[];
}

async function protectMissing(
  deps: Deps,
  { refused }: Memory,
  { state, machine, held, missing }: Lacking,
): Promise<readonly HeldNews[]> {
  const { protection, otherJit } = state;
  const found = digestOf({ missing, protection, otherJit });
  const before = refused.get(machine.id);
  if (before?.found === found && deps.monotonic() - before.at < AGAIN_MS) return [];
  try {
    const done = await holdMachine(deps, machine, held);
    refused.delete(machine.id);
    return done.ports.length > 0
      ? [{ machine, what: 'protected', ports: done.ports, standing: done.state.standing }]
      : [];
  } catch (error) {
    deps.log.warn({ machine: machine.id, error }, 'a machine could not be protected as the configuration says');
    if (mayPass(error)) return [];
    refused.set(machine.id, { found, at: deps.monotonic() });
    const { text: say } = sayOf(error, 'in the log');
    const key = `held:refused:${machine.id}:${digestOf({ say, missing })}`;
    return (await deps.store.once(key, TOLD_MS)) ? [{ machine, what: 'refused', ports: missing, say }] : [];
  }
}

/** The next patrol tries again without a word: something is busy, late, or gone. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof JitError)) return codeOf(error) !== 'bug';
  return error.kind === 'busy' || error.kind === 'unjudged' || error.code === 'machineGone';
}

/** Limits that somebody chose stay as they are, whether they are wider or narrower: once, it is said. */
async function tellOtherwise(
  deps: Deps,
  machine: Machine,
  ports: Differences['otherwise'],
): Promise<readonly HeldNews[]> {
  if (!(await deps.store.once(`held:otherwise:${machine.id}:${digestOf(ports)}`, TOLD_MS))) return [];
  const { why = '', ...attempt } = heldAttempt(machine, ports);
  const fact = `${why}; the ports have other limits and were left as they are`;
  await note(deps, { ...attempt, outcome: 'refused', why: fact, ...portFacts(ports.map(({ own }) => own)) });
  return [{ machine, what: 'otherwise', ports }];
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
