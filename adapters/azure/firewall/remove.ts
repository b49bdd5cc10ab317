import { JitError } from '../../../src/core/errors/errors.ts';
import { type Placement, placementKey } from '../../../src/core/rule/rule.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import { outcomesOf } from '../../../src/kit/outcome.ts';
import type { MayGo } from '../../../src/ports/remover.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import type { ArmId } from '../arm/ids.ts';
import { removeNamed } from '../nsg/remove.ts';
import { markOf, ruleSourcesIn } from './lease-rules.ts';
import { behindName, groupName, ruleName } from './names.ts';
import type { RuleSource } from './rule-source.ts';
import type { FirewallRule } from './rules.ts';
import { writeUntil } from './write.ts';

/**
 * In the groups rule by rule, which closes at once. A classic firewall and the group of a policy are written whole, on the
 * condition that they are still what was read, until none of these rules is left.
 */
export async function remove(
  azure: Azure,
  placements: readonly Placement[],
  mayGo: MayGo,
  allowed: Allowed,
): Promise<readonly Placement[]> {
  const nameOf = (placement: Placement) => behindName(azure.installation, placement);
  const sources = placements.flatMap((placement) => ruleSourcesIn(placement).map((id) => ({ id, placement })));
  const bySource = [...Map.groupBy(sources, ({ id }) => id)];
  const parts = [
    () => removeNamed(azure, placements, { nameOf, mayGo }, allowed),
    ...bySource.map(([id, those]) => () => {
      return removeFrom(azure, id, { placements: those.map(({ placement }) => placement), mayGo }, allowed);
    }),
  ];
  const { done, failed } = await outcomesOf(parts, (part) => part());
  const [first] = failed;
  if (first) throw first.error;
  const gone = new Map(done.flatMap(({ value }) => value).map((placement) => [placementKey(placement), placement]));
  return [...gone.values()];
}

async function removeFrom(
  azure: Azure,
  id: ArmId,
  { placements, mayGo }: { readonly placements: readonly Placement[]; readonly mayGo: MayGo },
  allowed: Allowed,
): Promise<readonly Placement[]> {
  const site = siteOf(azure, id);
  const gone = new Map<string, Placement>();
  const isOver = (rule: FirewallRule, placement: Placement, ruleSource: ArmId) => {
    const mark = markOf({ name: rule.name, rule, ruleSource }, placement, azure.marks);
    const cloudNow = site.cloudNow();
    return mayGo({ placement, ...mark, ...(cloudNow === undefined ? {} : { cloudNow }) });
  };
  await writeUntil(
    azure,
    id,
    (ruleSource) => {
      const named = (role: FirewallRule['ours']) =>
        placements.filter((placement) => {
          const name = ruleName(placement);
          const rule = ruleSource.rules.find((one) => one.ours === role && one.name === name);
          return rule && isOver(rule, placement, ruleSource.id);
        });
      const [leases, passes] = [named('lease'), named('pass')];
      const all = [...leases, ...passes];
      if (all.length > 0 && !hasCondition(azure, ruleSource)) throw new JitError('unconditional', { what: id });
      for (const placement of all) gone.set(placementKey(placement), placement);
      return {
        leases: { put: [], remove: leases.map(ruleName) },
        passes: { put: [], remove: passes.map(ruleName) },
      };
    },
    allowed,
    'written',
  );
  return [...gone.values()];
}

/** Without an ETag nothing keeps a write from bringing back what another process just removed. */
function hasCondition({ installation }: Azure, ruleSource: RuleSource): boolean {
  if (!('policy' in ruleSource)) return ruleSource.firewall.etag !== undefined;
  const own = groupName(installation).toLowerCase();
  return ruleSource.groups.find(({ name }) => name?.toLowerCase() === own)?.etag !== undefined;
}
