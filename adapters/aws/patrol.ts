import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
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

/** The same, by reading alone. */
export function marked(aws: Aws, signal: AbortSignal): AsyncGenerator<Found> {
  return everywhere(aws, signal, undefined, async function* (site) {
    const groups = await ourGroups(aws, site, undefined, signal);
    for await (const { rules } of portions(site, groups, signal)) yield* rulesIn(aws, site, groups, rules);
    yield* strayRules(aws, site, groups, signal);
  });
}

async function* patrolSite(
  aws: Aws,
  site: Site,
  signal: AbortSignal,
  instances?: readonly string[],
): AsyncGenerator<Found> {
  const work = { aws, site, allowed: allowedUntil(signal) };
  const groups = await ourGroups(aws, site, instances, signal);
  for await (const { some, rules } of portions(site, groups, signal)) {
    const full = new Set(rules.map(({ GroupId }) => GroupId));
    for (const group of some)
      await strategyIn(aws.installation, group.name)?.tidy(work, { ...group, isEmpty: !full.has(group.id) });
    yield* rulesIn(aws, site, groups, rules);
  }
  // What bears our mark in groups of others is looked for when all are.
  if (instances) return;
  yield* strayRules(aws, site, groups, signal);
  // Last: what is to be closed does not wait for these.
  for (const group of groups.values()) await finish(aws, site, group, signal);
  await stripSome(aws, site, [...groups.values()], signal);
}

type OurGroups = ReadonlyMap<string, OurGroup>;

/** The rules of our groups, some groups at a time. */
async function* portions(site: Site, groups: OurGroups, signal: AbortSignal) {
  const all = [...groups.values()];
  for (let i = 0; i < all.length; i += TOGETHER) {
    const some = all.slice(i, i + TOGETHER);
    yield { some, rules: (await Promise.all(some.map(({ id }) => site.now.rules(id, signal)))).flat() };
  }
}

function* rulesIn(aws: Aws, site: Site, groups: OurGroups, rules: readonly SecurityGroupRule[]): Generator<Found> {
  for (const rule of rules) {
    const group = groups.get(rule.GroupId ?? '');
    if (group) yield { ...foundRule(aws, site, group, rule), ...cloudNow(site) };
  }
}

/** Rules that bear our mark in groups of others. */
async function* strayRules(aws: Aws, site: Site, groups: OurGroups, signal: AbortSignal): AsyncGenerator<Found> {
  for await (const rule of readRules(site, [{ Name: `tag:${TAG.mark}`, Values: ['*'] }], signal)) {
    const machine = parseMachineId(tagsOf(rule.Tags)[TAG.machine] ?? '');
    if (!machine || groups.has(rule.GroupId ?? '')) continue;
    const found = foundRule(aws, site, { machine, id: rule.GroupId ?? '' }, rule);
    if (found.mark === 'valid') yield { ...found, ...cloudNow(site) };
  }
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

/** The cloud's own time, where it has told it. */
export function cloudNow(site: Site): { cloudNow?: number } {
  const at = site.cloudNow();
  return at === undefined ? {} : { cloudNow: at };
}
