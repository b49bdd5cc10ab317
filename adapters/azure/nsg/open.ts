import { JitError } from '../../../src/core/errors/errors.ts';
import { providerIdOf } from '../../../src/core/machine/machine.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import type { Opened, Opening } from '../../../src/ports/cloud.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import { located } from '../arm/location.ts';
import { readPresent } from '../arm/reading.ts';
import { allowIn, describe } from './allow.ts';
import { guardsOf, nameAt } from './lease-rules.ts';

/** Makes one rule be there, with its mark, in every group in front of the machine as it is now. */
export async function openOne(azure: Azure, opening: Opening, allowed: Allowed): Promise<Opened> {
  const { placement } = opening;
  const { machine, source } = placement.rule;
  const site = siteOf(azure, providerIdOf(machine));
  const vm = await readPresent(azure, machine, allowed.signal);
  const guards = guardsOf(vm, source);
  if (guards.length === 0) throw new JitError('machineUnreachable', { machine: vm.machine.name });
  const name = nameAt(azure, placement);
  let written = 0;
  let existed = false;
  const description = describe(azure, opening);
  const allow = { name, placement, until: opening.until, port: placement.rule.port, sources: [source], description };
  for (const guard of guards) {
    const one = await allowIn(azure, site, guard, allow, allowed);
    written += one.written;
    existed ||= one.existed;
  }
  const where = { groups: guards.map(({ group }) => group), addresses: guards.flatMap(({ addresses }) => addresses) };
  return {
    placement: { ...located(placement, where), id: name },
    outcome: written === 0 ? 'present' : existed ? 'remarked' : 'opened',
  };
}
