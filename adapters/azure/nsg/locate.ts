import { JitError } from '../../../src/core/errors/errors.ts';
import type { Protection } from '../../../src/core/machine/protection.ts';
import { portText, samePort } from '../../../src/core/rule/port.ts';
import type { Placement, Rule } from '../../../src/core/rule/rule.ts';
import { located } from '../arm/location.ts';
import type { Vm } from '../arm/machine.ts';
import type { SeenPresent } from '../backend.ts';
import { mustHavePlace } from './allow.ts';
import { guardsOf, locksOf } from './lease-rules.ts';
import { placementOn } from './names.ts';

/** Where a rule of a machine goes: into every group in front of its addresses of the source's family. Throws what is in the way there. */
export function locate({ vm, groups }: Pick<SeenPresent, 'vm' | 'groups'>, rule: Rule): Placement {
  const guards = guardsOf(vm, rule.source);
  if (guards.length === 0) throw new JitError('machineUnreachable', { machine: vm.machine.name });
  for (const guard of guards) mustHavePlace(guard, rule, groups.get(guard.group) ?? []);
  const location = {
    groups: guards.map(({ group }) => group),
    addresses: guards.flatMap(({ addresses }) => addresses),
  };
  const placement = placementOn(rule);
  return { ...located(placement, location), locks: locksOf(placement, location) };
}

/** Throws `notProtected` for a rule at a port that is not protected. */
export function refuseUnprotected({ machine }: Vm, protection: Protection | undefined, rules: readonly Rule[]): void {
  const ports = protection?.ports.map(({ port }) => port) ?? [];
  const missing = rules.find((rule) => !ports.some((port) => samePort(port, rule.port)));
  if (!missing) return;
  const known = ports.map(portText).join(', ') || 'nothing';
  throw new JitError('notProtected', { machine: machine.name, port: portText(missing.port), protected: known });
}
