import type { Machine } from '../../core/machine/machine.ts';
import { differencesOf, entriesOf, type HeldPort } from '../../core/policy/held.ts';
import type { MachineState } from '../../ports/cloud.ts';
import { type Attempt, act } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { cloudFor } from '../machine/cloud.ts';
import { factsOf, portFacts } from './facts.ts';
import { whileProtecting } from './hold.ts';
import { refuseOthers } from './protect.ts';
import { keepProtector } from './protector.ts';

/** What the configuration does to a machine, for the audit. */
export function heldAttempt(machine: Machine, held: readonly HeldPort[]): Attempt {
  const why = `protections: ${entriesOf(held).join(', ')}`;
  return { event: 'protect', by: 'configuration', as: 'patrol', ...factsOf(machine), why };
}

/**
 * Protects a machine at the ports of the configuration that it lacks when looked at under its lock; other ports, and rules of
 * others, are left alone. Gives what it was protected at, which may be nothing. Throws `otherProduct` and what the cloud says.
 */
export async function holdMachine(
  deps: Deps,
  machine: Machine,
  held: readonly HeldPort[],
): Promise<{ readonly state: MachineState; readonly ports: readonly HeldPort[] }> {
  return act(deps, heldAttempt(machine, held), (protecting) =>
    whileProtecting(deps, machine, async (signal) => {
      const cloud = cloudFor(deps, machine.id);
      const now = await cloud.look(machine.id, signal);
      refuseOthers(now);
      const { missing } = differencesOf(held, now.protection);
      if (missing.length === 0) {
        await protecting.passedOn();
        return { state: now, ports: [] };
      }
      const ports = missing.map(({ port }) => port);
      await protecting.begin(portFacts(ports));
      const state = await cloud.protect(machine.id, { ports }, signal);
      for (const { entry, port } of missing) await keepProtector(deps, machine, [port.port], { entry });
      return { state, ports: missing };
    }),
  );
}
