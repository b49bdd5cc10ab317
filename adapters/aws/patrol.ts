import { type MachineId, parseMachineId } from '../../src/core/machine.ts';
import type { Found } from '../../src/ports/cloud.ts';
import type { Aws } from './context.ts';
import { machineAt } from './ids.ts';
import { markedRule } from './marked.ts';
import { readGroups, readRules } from './read.ts';
import { groupName, instanceOfGroup, isOurs } from './security-group.ts';
import type { Site } from './sites.ts';
import { TAG, tagsOf } from './tags.ts';

/** How many groups are read at a time. */
const TOGETHER = 100;

/** Every rule in the groups that we made, and every rule elsewhere that bears a valid mark of ours. */
export async function* patrol(aws: Aws, signal: AbortSignal): AsyncGenerator<Found> {
  const errors: unknown[] = [];
  for (const site of aws.sites.all()) {
    try {
      yield* patrolSite(aws, site, signal);
    } catch (error) {
      // One account that cannot be read must not hide what stands open in the others.
      errors.push(error);
      signal.throwIfAborted();
    }
  }
  if (errors.length > 0) throw errors[0];
}

async function* patrolSite(aws: Aws, site: Site, signal: AbortSignal): AsyncGenerator<Found> {
  const groups = await ourGroups(aws, site, signal);
  const ids = [...groups.keys()];
  for (let i = 0; i < ids.length; i += TOGETHER) {
    const some = ids.slice(i, i + TOGETHER);
    const rules = (await Promise.all(some.map((id) => site.now.rules(id, signal)))).flat();
    for (const rule of rules) {
      const machine = groups.get(rule.GroupId ?? '');
      if (machine) yield { ...markedRule(site, machine, rule, aws.marks), ...cloudNow(site) };
    }
  }
  for await (const rule of readRules(site, [{ Name: `tag:${TAG.mark}`, Values: ['*'] }], signal)) {
    const machine = parseMachineId(tagsOf(rule.Tags)[TAG.machine] ?? '');
    if (!machine || groups.has(rule.GroupId ?? '')) continue;
    const found = markedRule(site, machine, rule, aws.marks);
    if (found.mark === 'valid') yield { ...found, ...cloudNow(site) };
  }
}

async function ourGroups(aws: Aws, site: Site, signal: AbortSignal): Promise<ReadonlyMap<string, MachineId>> {
  const groups = new Map<string, MachineId>();
  const filters = [{ Name: 'group-name', Values: [`${groupName(aws.installation, 'i-')}*`] }];
  for await (const group of readGroups(site, filters, signal)) {
    const machine = machineAt(site, instanceOfGroup(aws.installation, group.GroupName ?? '') ?? '');
    if (machine && isOurs(group, aws.installation)) groups.set(group.GroupId ?? '', machine);
  }
  return groups;
}

function cloudNow(site: Site): { cloudNow?: number } {
  const at = site.cloudNow();
  return at === undefined ? {} : { cloudNow: at };
}
