import { type Placement, placementKey } from '../../../src/core/rule/rule.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import { outcomesOf } from '../../../src/kit/outcome.ts';
import type { MayGo } from '../../../src/ports/remover.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import { deleteEach } from '../arm/delete-rules.ts';
import { type GroupRule, readGroups } from '../arm/groups.ts';
import type { ArmId } from '../arm/ids.ts';
import { locationOf } from '../arm/location.ts';
import { isScopeLocked } from '../errors.ts';
import { markOf, nameAt } from './lease-rules.ts';
import { shut } from './shut.ts';

/** So many are deleted on one reading: a group takes one write at a time, and a reading is to be fresh. */
const ON_ONE_READING = 10;

/** Deletes rules one by one, each on a fresh reading of its group. What a lock keeps denies instead. */
export async function remove(
  azure: Azure,
  placements: readonly Placement[],
  mayGo: MayGo,
  allowed: Allowed,
): Promise<readonly Placement[]> {
  return removeNamed(azure, placements, { nameOf: (placement) => nameAt(azure, placement), mayGo }, allowed);
}

/** The same for rules that are called otherwise. */
export async function removeNamed(
  azure: Azure,
  placements: readonly Placement[],
  how: { readonly nameOf: (placement: Placement) => string; readonly mayGo: MayGo },
  allowed: Allowed,
): Promise<readonly Placement[]> {
  const inGroups = placements.flatMap((placement) =>
    locationOf(placement).groups.map((group) => ({ group, placement })),
  );
  const byGroup = [...Map.groupBy(inGroups, ({ group }) => group)];
  const { done, failed } = await outcomesOf(byGroup, ([group, those]) =>
    removeIn(
      azure,
      group,
      those.map(({ placement }) => ({ placement, name: how.nameOf(placement) })),
      { ...how, allowed },
    ),
  );
  const [first] = failed;
  if (first) throw first.error;
  const gone = new Map(done.flatMap(({ value }) => value).map((placement) => [placementKey(placement), placement]));
  return [...gone.values()];
}

interface Named {
  readonly placement: Placement;
  readonly name: string;
}

async function removeIn(
  azure: Azure,
  group: ArmId,
  all: readonly Named[],
  { mayGo, allowed }: { readonly mayGo: MayGo; readonly allowed: Allowed },
): Promise<readonly Placement[]> {
  const site = siteOf(azure, group);
  const gone: Placement[] = [];
  for (let from = 0; from < all.length; from += ON_ONE_READING) {
    const rules = (await readGroups(site, [group], allowed.signal)).get(group) ?? [];
    const cloudNow = site.cloudNow();
    const going = all.slice(from, from + ON_ONE_READING).filter(({ placement, name }) => {
      const rule = rules.find((one) => one.name.toLowerCase() === name.toLowerCase() && one.access === 'allow');
      return (
        rule &&
        mayGo({ placement, ...markOf(rule, placement, azure.marks), ...(cloudNow === undefined ? {} : { cloudNow }) })
      );
    });
    const instead = async (rule: GroupRule, why: unknown) => {
      const kept = going.find(({ name }) => name === rule.name);
      if (kept) await shut(azure, { ...rule, isLocked: isScopeLocked(why) }, kept.placement, allowed);
    };
    await deleteEach(
      azure,
      site,
      going.map(({ name }) => ({ group, name })),
      { allowed, instead },
    );
    gone.push(...going.map(({ placement }) => placement));
  }
  return gone;
}
