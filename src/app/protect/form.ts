import { createHash } from 'node:crypto';
import { JitError } from '../../core/errors/errors.ts';
import { say } from '../../core/language/say.ts';
import { type Phrase, tidy } from '../../core/language/text.ts';
import type { Machine } from '../../core/machine/machine.ts';
import { match } from '../../core/machine/match.ts';
import {
  type ProtectedPort,
  portLines,
  readPortLines,
  sameProtection,
  USUAL_PORTS,
} from '../../core/machine/protection.ts';
import { type Port, samePort } from '../../core/rule/port.ts';
import type { MachineState } from '../../ports/cloud.ts';
import type { FilledPorts, PortsForm } from '../../ports/inbox.ts';
import { type Attempt, act, judged } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { answerInTime, cloudFor } from '../machine/cloud.ts';
import { inventory } from '../machine/inventory.ts';
import { refuseLeased } from '../machine/leased.ts';
import { machineMeant } from '../machine/meant.ts';
import { actingAs, mayProtect, type ProtectActor } from './actor.ts';
import { factsOf, portFacts } from './facts.ts';
import { whileProtecting } from './hold.ts';
import { refuseOthers } from './protect.ts';
import { keepProtector } from './protector.ts';

const LONGEST_NAME = 80;

/** The ports of a machine with their limits, to be edited; the usual ones where it is not protected. */
export async function portsFormFor(deps: Deps, typed: string, actor: ProtectActor): Promise<PortsForm> {
  mayProtect(deps, actor);
  const signal = answerInTime();
  const machine = await machineMeant(deps, typed, () => true, signal);
  const ports = (await cloudFor(deps, machine.id).look(machine.id, signal)).protection?.ports ?? [];
  const lines = portLines(ports.length > 0 ? ports : USUAL_PORTS);
  return { machine: machine.id, name: tidy(machine.name, LONGEST_NAME), lines, version: versionOf(ports) };
}

/**
 * Makes the protection of a machine exactly what was filled in: ports are added, get other limits, or are taken away.
 * Throws what is wrong with a line, `changedMeanwhile` when it is not what the form showed any more, and `stillLeased`
 * while somebody has access to a port that is to be taken away.
 */
export async function submitPorts(
  deps: Deps,
  filled: FilledPorts,
  actor: ProtectActor,
): Promise<MachineState & { readonly notes?: readonly Phrase[] }> {
  const said = actingAs(actor);
  const words = `${filled.machine}: ${filled.ports}`;
  const { machine, wanted } = await judged(deps, { event: 'protect', ...said, words }, async () => {
    mayProtect(deps, actor);
    const ports = readPortLines(filled.ports, deps.rules.sources);
    return { machine: match(await inventory(deps, answerInTime()), filled.machine), wanted: ports };
  });
  const about = { ...said, ...factsOf(machine) };
  return act(deps, { event: 'protect', ...about }, (protecting) =>
    whileProtecting(deps, machine, async (signal) => {
      const cloud = cloudFor(deps, machine.id);
      const now = await cloud.look(machine.id, signal);
      const known = now.protection?.ports ?? [];
      if (versionOf(known) !== filled.version) throw new JitError('changedMeanwhile', { machine: machine.name });
      refuseOthers(now);
      const changed = wanted.filter((port) => !known.some((one) => sameProtection(one, port)));
      const removed = known.filter(({ port }) => !wanted.some((one) => samePort(one.port, port)));
      if (removed.length > 0) await refuseLeased(deps, machine, portsOf(removed));
      // What is to be protected comes first: nothing is uncovered in between.
      if (changed.length > 0) await protecting.begin(portFacts(changed));
      const after = changed.length > 0 ? await cloud.protect(machine.id, { ports: changed }, signal) : now;
      await keepProtector(deps, machine, portsOf(changed), actor);
      if (removed.length > 0) await protecting.passedOn();
      return removed.length > 0 ? takeAway(deps, about, { machine, removed }, signal) : after;
    }),
  );
}

/** Ends the protection of some ports. What was closed there stays closed: putting it back has a page of its own. */
async function takeAway(
  deps: Deps,
  about: Omit<Attempt, 'event'>,
  { machine, removed }: { readonly machine: Machine; readonly removed: readonly ProtectedPort[] },
  signal: AbortSignal,
): Promise<MachineState & { readonly notes: readonly Phrase[] }> {
  const cloud = cloudFor(deps, machine.id);
  const ports = portsOf(removed);
  const state = await act(deps, { event: 'unprotect', ...about }, async (ending) => {
    await ending.begin(portFacts(removed));
    const ended = await cloud.unprotect(machine.id, signal, ports);
    await keepProtector(deps, machine, ports, undefined);
    return ended;
  });
  const plan = await cloud.planPutBack?.({ machine: machine.id, ports }, deps.undo, signal);
  const isClosed = plan !== undefined && plan.reopenings.length > 0;
  const hint = say`What a lockdown closed there stays closed; \`/jit restore ${machine.name}\` shows what can be put back.`;
  return { ...state, notes: [...(plan?.stays ?? []), ...(isClosed ? [hint] : [])] };
}

function portsOf(ports: readonly ProtectedPort[]): readonly Port[] {
  return ports.map(({ port }) => port);
}

function versionOf(ports: readonly ProtectedPort[]): string {
  return createHash('sha256').update(portLines(ports)).digest('hex').slice(0, 12);
}
