import type { MachineId } from '../../src/core/machine/machine.ts';
import { outcomesOf } from '../../src/kit/outcome.ts';
import type { Found } from '../../src/ports/found.ts';
import type { Gcp } from './context.ts';
import { type GcpVm, readProject } from './machines.ts';
import { foundRule, prefixOf, readRules } from './rules.ts';

/**
 * Every rule of a lease in the projects. One whose address another machine has got by now counts as wrongly marked, so that
 * it is closed: it lets somebody into a machine that nobody asked for.
 */
export async function* patrol(gcp: Gcp, signal: AbortSignal, only?: readonly MachineId[]): AsyncGenerator<Found> {
  const { done, failed } = await outcomesOf(gcp.settings.projects, async (project) => ({
    project,
    rules: await readRules(gcp, project, prefixOf(gcp.installation, 'l'), signal),
  }));
  const some = done.flatMap(({ value }) => value.rules).length > 0;
  const bearers = some ? await bearersIn(gcp, signal) : new Map<string, MachineId>();
  const cloudNow = gcp.client.cloudNow();
  for (const { project, rules } of done.map(({ value }) => value))
    for (const rule of rules) {
      const found = foundRule(gcp, project, rule, `gcp:${project}/unknown/unknown`);
      const { machine } = found.placement.rule;
      if (only && !only.includes(machine)) continue;
      const bearer = bearers.get(found.placement.at);
      const { until, ...rest } = found;
      const kept = bearer !== undefined && bearer !== machine ? { ...rest, mark: 'wrong' as const } : found;
      yield { ...kept, ...(cloudNow === undefined ? {} : { cloudNow }) };
    }
  const [first] = failed;
  if (first) throw first.error;
}

/** Who has which address, as far as it can be read: without it only the marks count. */
async function bearersIn(gcp: Gcp, signal: AbortSignal): Promise<ReadonlyMap<string, MachineId>> {
  const { done, failed } = await outcomesOf(gcp.settings.projects, (project) => readProject(gcp, project, signal));
  signal.throwIfAborted();
  for (const { of, error } of failed)
    gcp.log.warn({ project: of, error }, 'the machines of a project could not be read');
  return new Map(done.flatMap(({ value }) => value.vms.flatMap(addressesOf)));
}

function addressesOf({ machine, nics }: GcpVm): readonly (readonly [string, MachineId])[] {
  return nics.flatMap(({ project, network, ipv4, ipv6 }) =>
    [ipv4, ipv6].flatMap((address) =>
      address === undefined ? [] : [[`${project}/${network}/${address}`, machine.id] as const],
    ),
  );
}
