import { createHash } from 'node:crypto';
import { JitError } from '../../core/errors/errors.ts';
import type { ProtectAsk } from '../../core/language/command.ts';
import { limitsText } from '../../core/language/terms.ts';
import type { LockdownWay } from '../../core/machine/lockdown.ts';
import type { Machine } from '../../core/machine/machine.ts';
import { changeReport } from '../../core/view/protect-page.ts';
import type { Report } from '../../core/view/report.ts';
import type { MachineState } from '../../ports/cloud.ts';
import { type Act, act, judged, note } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { cloudFor } from '../machine/cloud.ts';
import { refuseLeased } from '../machine/leased.ts';
import { actingAs, mayProtect, type ProtectActor } from './actor.ts';
import { changesOf, missing, wantedBy } from './changes.ts';
import { factsOf, portFacts } from './facts.ts';
import { keysOf, whileProtecting } from './hold.ts';
import { CLOSE_MS, closerFor, type Done, lockDown } from './lock-down.ts';
import { keepProtector } from './protector.ts';
import { isSelector, select } from './select.ts';

/** Many machines are read before. */
const LOOK_MS = 45_000;

/** What came of protecting: one failure leaves the others done. Or the page that shows what will change, to be confirmed. */
export type Protected =
  | {
      readonly done: readonly Done[];
      readonly failed: readonly { readonly name: string; readonly error: unknown }[];
    }
  | { readonly page: Report };

/**
 * Protects machines: at the usual ports, where they are not yet, or at those of the ask with exactly its limits; and closes
 * what others let stand open there, where the ask says so. More than one, and rules of others, are only touched when the
 * code of the page that showed the same changes comes with it. Throws `notProtector`, what `select` throws, `tooShort`,
 * `tooLong` and `cannotClose`. Each machine is an act of its own in the audit, and closing others' rules is another.
 */
export async function protect(deps: Deps, ask: ProtectAsk, actor: ProtectActor): Promise<Protected> {
  const said = { ...actingAs(actor), words: typed(ask) };
  const { machines, page } = await judged(deps, { event: 'protect', ...said }, () => planned(deps, ask, actor));
  if (!page) return all(deps, machines, ask, actor);
  await note(deps, { ...said, event: 'protect', outcome: 'shown', page: page.code });
  return { page: page.report };
}

async function planned(deps: Deps, ask: ProtectAsk, actor: ProtectActor) {
  mayProtect(deps, actor);
  // What is wrong with the limits is said before anything is read.
  wantedBy(ask);
  const signal = AbortSignal.timeout(LOOK_MS);
  const machines = await select(deps, ask.which, signal);
  return { machines, page: await pageFor(deps, ask, machines, signal) };
}

/** What the page does not say of a machine is no part of what was seen. */
function shown({ os: _, network: __, units: ___, ...machine }: Machine): Machine {
  return machine;
}

/** The page that has to be seen before; undefined when it was, or nothing of it needs to be asked. */
async function pageFor(
  deps: Deps,
  ask: ProtectAsk,
  machines: readonly Machine[],
  signal: AbortSignal,
): Promise<{ readonly report: Report; readonly code: string } | undefined> {
  const { standing, confirm } = ask;
  const isMany = machines.length > 1 || ask.which.some(isSelector);
  const how = howOf(ask);
  if (how) for (const { id, name } of machines) closerFor(deps, id, name);
  const changes = isMany || standing !== 'leave' ? await changesOf(deps, machines, ask, signal) : [];
  const isOpen = changes.some(({ plan }) => plan.remedies.length > 0);
  if (!isMany && !how && (standing === 'leave' || !isOpen)) return undefined;
  const seen = changes.map((change) => ({ ...change, machine: shown(change.machine) }));
  const code = createHash('sha256').update(JSON.stringify(seen)).digest('hex').slice(0, 6);
  const isChosen = standing !== undefined || !isOpen;
  if (confirm === code && isChosen) return undefined;
  const report = changeReport(changes, {
    command: typed(ask),
    code,
    ...(standing ? { standing } : {}),
    again: confirm !== undefined && isChosen,
  });
  return { report, code };
}

/** Throws `otherProduct` for a machine that is not protected, and that another product opens on request. */
export function refuseOthers({ machine, protection, otherJit }: MachineState): void {
  if (!otherJit || protection) return;
  const { by, through } = otherJit;
  throw new JitError('otherProduct', { machine: machine.name, by, through });
}

function howOf({ standing }: ProtectAsk): LockdownWay | undefined {
  return standing === 'leave' ? undefined : standing;
}

function protectOne(deps: Deps, machine: Machine, ask: ProtectAsk, actor: ProtectActor): Promise<Done> {
  const how = howOf(ask);
  const about = {
    ...actingAs(actor),
    ...factsOf(machine),
    ...(ask.confirm === undefined ? {} : { page: ask.confirm }),
  };
  return act(deps, { event: 'protect', ...about }, (protecting) => {
    const work = async (signal: AbortSignal): Promise<Done> => {
      // What closes others' rules would close a lease that was let in between them.
      if (how) await refuseLeased(deps, machine);
      const state = await protectPorts(deps, machine, ask, { protecting, actor, signal });
      if (!how) return state;
      await protecting.passedOn();
      const ports = (state.protection?.ports ?? []).map(({ port }) => port);
      return lockDown(deps, { ...about, event: 'lock down', way: how }, { state, ports }, signal);
    };
    return whileProtecting(deps, machine, work, how ? { forMs: CLOSE_MS, locksDown: true } : {});
  });
}

async function protectPorts(
  deps: Deps,
  { id }: Machine,
  ask: ProtectAsk,
  {
    protecting,
    actor,
    signal,
  }: { readonly protecting: Act; readonly actor: ProtectActor; readonly signal: AbortSignal },
): Promise<MachineState> {
  const cloud = cloudFor(deps, id);
  const wanted = wantedBy(ask);
  const now = await cloud.look(id, signal);
  const known = now.protection?.ports ?? [];
  if (!ask.anyway) refuseOthers(now);
  const ports = wanted ?? missing(known, ask);
  if (!wanted && ports.length === 0 && known.length > 0) return now;
  await protecting.begin(portFacts(ports));
  const state = await cloud.protect(id, { ports }, signal);
  await keepProtector(
    deps,
    now.machine,
    ports.map(({ port }) => port),
    actor,
  );
  return state;
}

/** One after the other where they share what is written, all others at once. */
async function all(deps: Deps, machines: readonly Machine[], ask: ProtectAsk, actor: ProtectActor): Promise<Protected> {
  const done: Done[] = [];
  const failed: { name: string; error: unknown }[] = [];
  const locksDown = howOf(ask) !== undefined;
  const keyed = await Promise.all(
    machines.map(async (machine) => {
      const keys = await keysOf(deps, machine, locksDown).catch(() => [machine.id]);
      // The last names what most machines share.
      return { machine, key: keys.at(-1) };
    }),
  );
  const rows = [...Map.groupBy(keyed, ({ key }) => key).values()].map(async (row) => {
    for (const { machine } of row) {
      try {
        done.push(await protectOne(deps, machine, ask, actor));
      } catch (error) {
        deps.log.warn({ machine: machine.id, error }, 'a machine could not be protected');
        failed.push({ name: machine.name, error });
      }
    }
  });
  await Promise.all(rows);
  const [first] = failed;
  if (first && machines.length === 1) throw first.error;
  return { done: done.sort((a, b) => a.machine.name.localeCompare(b.machine.name)), failed };
}

/** The ask as it is typed, without what becomes of others' rules. */
function typed({ which, ports, anyway }: ProtectAsk): string {
  const machines = which.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(', ');
  const terms = typeof ports === 'object' ? [limitsText(ports)] : ports ? [ports] : [];
  return ['protect', machines, ...terms, ...(anyway ? ['anyway'] : [])].join(' ');
}
