import { MINUTE_MS } from '../../src/core/language/instant.ts';
import { type MachineId, parseMachineId } from '../../src/core/machine/machine.ts';
import { allowedUntil } from '../../src/kit/call.ts';
import type { Found } from '../../src/ports/cloud.ts';
import type { Aws } from './ec2/context.ts';
import { instanceRef, machineAt } from './ec2/ids.ts';
import { readGroups, readRules } from './ec2/read.ts';
import { groupName, instanceOfGroup, isOurs } from './ec2/security-group.ts';
import type { Site } from './ec2/sites.ts';
import { TAG, tagsOf } from './ec2/tags.ts';
import { dismantle, isLeaseGroup } from './lease/group.ts';
import { markedRule } from './lease/marked.ts';

/** How many groups are read at a time. */
const TOGETHER = 100;
/** How long a group of a lease may be empty. */
const EMPTY_MS = 2 * MINUTE_MS;

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
  const groups = await ourGroups(aws, site, instances ?? ['i-'], signal);
  const ids = [...groups.keys()];
  for (let i = 0; i < ids.length; i += TOGETHER) {
    const some = ids.slice(i, i + TOGETHER);
    const rules = (await Promise.all(some.map((id) => site.now.rules(id, signal)))).flat();
    const full = new Set(rules.map(({ GroupId }) => GroupId));
    for (const id of some) await sweepEmpty(aws, site, id, groups.get(id), full.has(id), signal);
    for (const rule of rules) {
      const group = groups.get(rule.GroupId ?? '');
      if (group) yield { ...markedRule(site, group.machine, rule, aws, group.name), ...cloudNow(site) };
    }
  }
  // What bears our mark in groups of others is looked for when all are.
  if (instances) return;
  for await (const rule of readRules(site, [{ Name: `tag:${TAG.mark}`, Values: ['*'] }], signal)) {
    const machine = parseMachineId(tagsOf(rule.Tags)[TAG.machine] ?? '');
    if (!machine || groups.has(rule.GroupId ?? '')) continue;
    const found = markedRule(site, machine, rule, aws);
    if (found.mark === 'valid') yield { ...found, ...cloudNow(site) };
  }
}

/**
 * Groups of leases are deleted with their last rule, which may take EC2 minutes, or a crash may come between: what has been
 * empty for a while is taken off and deleted here.
 */
async function sweepEmpty(
  aws: Aws,
  site: Site,
  id: string,
  group: OurGroup | undefined,
  isFull: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (!group || isFull || !isLeaseGroup(aws.installation, group.name)) return void aws.emptySince.delete(id);
  const since = aws.emptySince.get(id) ?? aws.now();
  aws.emptySince.set(id, since);
  // One that is being made is empty too, for a moment.
  if (aws.now() - since < EMPTY_MS) return;
  await dismantle({ aws, site, allowed: allowedUntil(signal) }, group.machine, id);
  aws.emptySince.delete(id);
}

interface OurGroup {
  readonly machine: MachineId;
  readonly name: string;
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
    const name = group.GroupName ?? '';
    const machine = machineAt(site, instanceOfGroup(aws.installation, name) ?? '');
    if (machine && isOurs(group, aws.installation)) groups.set(group.GroupId ?? '', { machine, name });
  }
  return groups;
}

function cloudNow(site: Site): { cloudNow?: number } {
  const at = site.cloudNow();
  return at === undefined ? {} : { cloudNow: at };
}
