import { type MachineId, parseMachineId } from '../../src/core/machine/machine.ts';
import { allowedUntil } from '../../src/kit/call.ts';
import type { Found } from '../../src/ports/cloud.ts';
import type { Aws } from './ec2/context.ts';
import { instanceRef, machineAt } from './ec2/ids.ts';
import { readGroups, readRules } from './ec2/read.ts';
import { groupName, instanceOfGroup, isOurs } from './ec2/security-group.ts';
import type { Site } from './ec2/sites.ts';
import { TAG, tagsOf } from './ec2/tags.ts';
import { foundRule, strategyIn } from './lease/strategies.ts';
import type { LeaseGroup } from './lease/strategy.ts';

/** How many groups are read at a time. */
const TOGETHER = 100;

/** Every rule in the groups that we made, and every rule elsewhere that bears a valid mark of ours. */
export async function* patrol(aws: Aws, signal: AbortSignal, only?: readonly MachineId[]): AsyncGenerator<Found> {
  const errors: unknown[] = [];
  for (const site of aws.sites.all()) {
    const own = only?.map(instanceRef).filter((ref) => ref.account === site.account && ref.region === site.region);
    if (own?.length === 0) continue;
    try {
      yield* patrolSite(
        aws,
        site,
        signal,
        own?.map(({ instance }) => instance),
      );
    } catch (error) {
      // One account that cannot be read must not hide what stands open in the others.
      errors.push(error);
      signal.throwIfAborted();
    }
  }
  if (errors.length > 0) throw errors[0];
}

async function* patrolSite(
  aws: Aws,
  site: Site,
  signal: AbortSignal,
  instances?: readonly string[],
): AsyncGenerator<Found> {
  const work = { aws, site, allowed: allowedUntil(signal) };
  const groups = await ourGroups(aws, site, instances ?? ['i-'], signal);
  const ids = [...groups.keys()];
  for (let i = 0; i < ids.length; i += TOGETHER) {
    const some = ids.slice(i, i + TOGETHER);
    const rules = (await Promise.all(some.map((id) => site.now.rules(id, signal)))).flat();
    const full = new Set(rules.map(({ GroupId }) => GroupId));
    for (const group of some.flatMap((id) => groups.get(id) ?? []))
      await strategyIn(aws.installation, group.name)?.tidy(work, { ...group, isEmpty: !full.has(group.id) });
    for (const rule of rules) {
      const group = groups.get(rule.GroupId ?? '');
      if (group) yield { ...foundRule(aws, site, group, rule), ...cloudNow(site) };
    }
  }
  // What bears our mark in groups of others is looked for when all are.
  if (instances) return;
  for await (const rule of readRules(site, [{ Name: `tag:${TAG.mark}`, Values: ['*'] }], signal)) {
    const machine = parseMachineId(tagsOf(rule.Tags)[TAG.machine] ?? '');
    if (!machine || groups.has(rule.GroupId ?? '')) continue;
    const found = foundRule(aws, site, { machine, id: rule.GroupId ?? '' }, rule);
    if (found.mark === 'valid') yield { ...found, ...cloudNow(site) };
  }
}

interface OurGroup extends LeaseGroup {
  readonly machine: MachineId;
}

async function ourGroups(
  aws: Aws,
  site: Site,
  instances: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, OurGroup>> {
  const groups = new Map<string, OurGroup>();
  const names = instances.map((instance) => `${groupName(aws.installation, instance)}*`);
  const filters = [{ Name: 'group-name', Values: names }];
  for await (const group of readGroups(site, filters, signal)) {
    const { GroupId: id = '', GroupName: name = '' } = group;
    const machine = machineAt(site, instanceOfGroup(aws.installation, name) ?? '');
    if (machine && isOurs(group, aws.installation)) groups.set(id, { id, name, machine });
  }
  return groups;
}

function cloudNow(site: Site): { cloudNow?: number } {
  const at = site.cloudNow();
  return at === undefined ? {} : { cloudNow: at };
}
