import { type MachineId, parseMachineId } from '../../src/core/machine/machine.ts';
import { allowedUntil } from '../../src/kit/call.ts';
import type { Found } from '../../src/ports/cloud.ts';
import type { Aws } from './ec2/context.ts';
import { stripEgress } from './ec2/group-life.ts';
import { readRules } from './ec2/read.ts';
import type { Site } from './ec2/sites.ts';
import { TAG, tagsOf } from './ec2/tags.ts';
import { finish } from './end-protection.ts';
import { foundRule, strategyIn } from './lease/strategies.ts';
import { everywhere, type OurGroup, ourGroups, TOGETHER } from './our-groups.ts';

/** How many groups are changed at a time: EC2 allows few such calls. */
const MOST_STRIPPED = 10;

/** Every rule in the groups that we made, and every rule elsewhere that bears a valid mark of ours. */
export function patrol(aws: Aws, signal: AbortSignal, only?: readonly MachineId[]): AsyncGenerator<Found> {
  return everywhere(aws, signal, only, (site, instances) => patrolSite(aws, site, signal, instances));
}

async function* patrolSite(
  aws: Aws,
  site: Site,
  signal: AbortSignal,
  instances?: readonly string[],
): AsyncGenerator<Found> {
  const work = { aws, site, allowed: allowedUntil(signal) };
  const groups = await ourGroups(aws, site, instances, signal);
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
  // Last: what is to be closed does not wait for these.
  for (const group of groups.values()) await finish(aws, site, group, signal);
  await stripSome(aws, site, [...groups.values()], signal);
}

/** Groups that let something out, or are like others, a few at a time: what one round leaves the next one takes. */
async function stripSome(aws: Aws, site: Site, groups: readonly OurGroup[], signal: AbortSignal): Promise<void> {
  const going = groups.filter(({ endedAt }) => endedAt === undefined).flatMap(({ unstripped }) => unstripped ?? []);
  const work = { aws, site: aws.sites.of(site, true), allowed: allowedUntil(signal) };
  for (const group of going.slice(0, MOST_STRIPPED)) {
    try {
      await stripEgress(work, group);
    } catch (error) {
      signal.throwIfAborted();
      // It may be gone, or the role may be one of an earlier version.
      aws.log.warn({ group: group.GroupName, error }, 'a security group still lets something out, or is like others');
    }
  }
}

function cloudNow(site: Site): { cloudNow?: number } {
  const at = site.cloudNow();
  return at === undefined ? {} : { cloudNow: at };
}
