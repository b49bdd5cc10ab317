import { JitError } from '../../../src/core/errors/errors.ts';
import type { Instant } from '../../../src/core/language/instant.ts';
import { type MachineId, providerIdOf } from '../../../src/core/machine/machine.ts';
import { type Placement, placementKey } from '../../../src/core/rule/rule.ts';
import { allowedUntil } from '../../../src/kit/call.ts';
import type { Misplaced } from '../../../src/ports/places.ts';
import { type Azure, nowAt } from '../arm/context.ts';
import type { Groups } from '../arm/groups.ts';
import { type ArmId, armIds, partsOf } from '../arm/ids.ts';
import { hasFamily, located, mergedLocation } from '../arm/location.ts';
import type { Nic } from '../arm/machine.ts';
import { isAllowOf } from '../arm/nsg-rules.ts';
import type { SiteSurvey } from '../backend.ts';
import { askAgain, WRITING_MS } from './open.ts';
import { allPolicies, isWrittenFor, orNoPlan } from './policy.ts';
import { readRecorded } from './reading.ts';
import { type Access, accessesOf, isLive } from './records.ts';

/** An access in force, where Defender's rule for it stands, if anywhere, and the groups in front of its machine where it does not. */
interface Missing {
  readonly ours: NonNullable<Access['ours']>;
  readonly written: readonly ArmId[];
  readonly lacking: readonly ArmId[];
}

/** What was found with each. */
const found = new WeakMap<Misplaced, readonly Missing[]>();

/**
 * Machines in front of which another group was put after they were opened: Defender writes rules when it is asked, and not when
 * groups change. What lists say is read again for each, as a list may be older than the opening.
 */
export async function* missingIn(
  azure: Azure,
  { site, network, isCurrent }: SiteSurvey,
  signal: AbortSignal,
): AsyncGenerator<Misplaced> {
  if (!isCurrent) return;
  const policies = (await orNoPlan(allPolicies(site, signal))) ?? [];
  const all = policies.flatMap((policy) => accessesOf(policy, azure.marks));
  for (const [machine, accesses] of Map.groupBy(all, (access) => access.machine)) {
    const nics = network.nics.get(machine) ?? [];
    const listed = missingOf({ nics, groups: network.groups, accesses, now: nowAt(azure, site) });
    const missing = listed.length > 0 ? await readMissing(azure, machine, listed, signal) : [];
    const [partly, gone] = [missing.filter(({ written }) => written.length > 0), missing.filter(isGone)];
    for (const [at, those] of Map.groupBy(partly, ({ ours }) => ours.placement.at))
      yield toMisplaced(machine, at, those);
    // Each by itself: it may have been ended early, and only who knows the leases can tell.
    for (const one of gone) yield toMisplaced(machine, one.ours.placement.at, [one], { only: one.ours.placement.rule });
  }
}

function isGone({ written }: Missing): boolean {
  return written.length === 0;
}

function toMisplaced(
  machine: MachineId,
  at: ArmId,
  missing: readonly Missing[],
  more: Pick<Misplaced, 'only'> = {},
): Misplaced {
  const lacking = armIds(missing.flatMap((one) => one.lacking));
  const group = lacking.map((id) => partsOf(id).name).join(', ');
  const one: Misplaced = {
    what: 'missing',
    machine,
    at,
    locks: [at],
    id: lacking[0] ?? '',
    name: group,
    error: new JitError('groupsChanged', { machine: partsOf(providerIdOf(machine)).name, group }),
    isRepairable: true,
    ...more,
    placements: missing.map(({ ours, lacking: groups }) => located(ours.placement, { groups, addresses: [] })),
  };
  found.set(one, missing);
  return one;
}

/** Asks Defender again, for the same and until the same end: then it writes into every group that is there now. */
export async function openMissing(azure: Azure, misplaced: Misplaced, signal: AbortSignal): Promise<void> {
  const listed = found.get(misplaced) ?? [];
  for (const { ours } of await readMissing(azure, misplaced.machine, listed, signal))
    await askAgain(azure, ours, allowedUntil(signal));
}

async function readMissing(
  azure: Azure,
  machine: MachineId,
  listed: readonly Missing[],
  signal: AbortSignal,
): Promise<readonly Missing[]> {
  // A group that was taken off the machine is known by the list alone.
  const placements = listed.map(
    ({ ours, written }): Placement => located(ours.placement, { groups: written, addresses: [] }),
  );
  const { vm, groups, accesses, now } = await readRecorded(azure, machine, placements, signal);
  const keys = new Set(listed.map(({ ours }) => placementKey(ours.placement)));
  const missing = missingOf({ nics: vm?.nics ?? [], groups, accesses, now });
  return missing.filter(({ ours }) => keys.has(placementKey(ours.placement)));
}

interface Reading {
  readonly nics: readonly Nic[];
  readonly groups: Groups;
  readonly accesses: readonly Access[];
  readonly now: Instant;
}

/**
 * Of an access that was ended early no rule stands anywhere, though its record lives on. One that has just begun may be written
 * out only later: nothing is missing then.
 */
function missingOf({ nics, groups, accesses, now }: Reading): readonly Missing[] {
  const newest = new Map(accesses.flatMap((one) => (one.ours ? [[placementKey(one.ours.placement), one]] : [])));
  return [...newest.values()].flatMap(({ ours, start, ...access }): readonly Missing[] => {
    if (!ours || !isLive(access, now) || ours.until <= now || now - start < WRITING_MS) return [];
    const { rule, at } = ours.placement;
    const guards = armIds(nics.filter((nic) => hasFamily(nic, rule)).flatMap((nic) => nic.groups));
    const { addresses } = mergedLocation(nics);
    const written = [...groups].flatMap(([id, rules]) =>
      rules.some(
        (one) =>
          isAllowOf(one, rule, addresses) &&
          (guards.includes(id) || isWrittenFor(one, { policy: at, machine: rule.machine })),
      )
        ? [id]
        : [],
    );
    const lacking = guards.filter((id) => !written.includes(id));
    return lacking.length > 0 ? [{ ours, written, lacking }] : [];
  });
}
