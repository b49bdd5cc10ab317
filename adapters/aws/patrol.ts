import { type MachineId, parseMachineId } from '../../src/core/machine/machine.ts';
import { allowedUntil } from '../../src/kit/call.ts';
import type { Found } from '../../src/ports/cloud.ts';
import type { Aws } from './ec2/context.ts';
import { readRules } from './ec2/read.ts';
import type { Site } from './ec2/sites.ts';
import { TAG, tagsOf } from './ec2/tags.ts';
import { finish } from './end-protection.ts';
import { foundRule, strategyIn } from './lease/strategies.ts';
import { everywhere, ourGroups, TOGETHER } from './our-groups.ts';

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
    for (const group of some.flatMap((id) => groups.get(id) ?? [])) {
      const isEmpty = !full.has(group.id);
      await strategyIn(aws.installation, group.name)?.tidy(work, { ...group, isEmpty });
      if (isEmpty) await finish(aws, site, group, signal);
    }
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

function cloudNow(site: Site): { cloudNow?: number } {
  const at = site.cloudNow();
  return at === undefined ? {} : { cloudNow: at };
}
