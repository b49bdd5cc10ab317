import type { Instance, NetworkInterface } from '@aws-sdk/client-ec2';
import { JitError } from '../../src/core/errors/errors.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { allowedUntil } from '../../src/kit/call.ts';
import type { Misplaced } from '../../src/ports/places.ts';
import type { Aws } from './ec2/context.ts';
import { foreignError, foreignOn, isDetachable, takeOff } from './ec2/foreign.ts';
import { instanceRef } from './ec2/ids.ts';
import { onboardingOf } from './ec2/onboarding.ts';
import { bearsMark } from './ec2/rule.ts';
import { primaryInterface } from './ec2/security-group.ts';
import type { Site } from './ec2/sites.ts';
import { tagsOf } from './ec2/tags.ts';
import { strategyIn } from './lease/strategies.ts';
import { everywhere, type OurGroup, ourGroups, TOGETHER } from './our-groups.ts';
import { attach } from './protect.ts';

/** Groups of ours that are not on their machine's first interface, and those that are on something else too. */
export function misplaced(aws: Aws, signal: AbortSignal, only?: readonly MachineId[]): AsyncGenerator<Misplaced> {
  return everywhere(aws, signal, only, (site, instances) => misplacedIn(aws, site, signal, instances));
}

async function* misplacedIn(
  aws: Aws,
  site: Site,
  signal: AbortSignal,
  instances?: readonly string[],
): AsyncGenerator<Misplaced> {
  const all = [...(await ourGroups(aws, site, instances, signal)).values()];
  // One whose protection was ended is to go, wherever it is.
  const groups = all.filter(({ endedAt }) => endedAt === undefined);
  for (let i = 0; i < groups.length; i += TOGETHER) {
    const some = groups.slice(i, i + TOGETHER);
    const found = await Promise.all(
      some.map(async (group) => [await elsewhere(aws, site, group, signal), await takenOff(aws, site, group, signal)]),
    );
    yield* found.flat().filter((one) => one !== undefined);
  }
}

/** What is known of any group of ours. */
function about(aws: Aws, site: Site, { id, name, machine }: OurGroup) {
  const rule = { machine, port: { number: 22, protocol: 'tcp' as const }, source: '' };
  const { at = id, locks = [] } = strategyIn(aws.installation, name)?.placementIn(site, { id, name }, rule) ?? {};
  return { machine, id, name, at, locks };
}

async function elsewhere(aws: Aws, site: Site, group: OurGroup, signal: AbortSignal): Promise<Misplaced | undefined> {
  const own = { ...group, ...instanceRef(group.machine) };
  const foreign = await foreignOn(site, own, signal);
  if (foreign.length === 0) return undefined;
  const by = aws.changers.of(foreign.flatMap((one) => [one.NetworkInterfaceId, one.Attachment?.InstanceId]));
  return {
    ...about(aws, site, group),
    what: 'elsewhere',
    error: await foreignError(site, own, foreign, signal),
    isRepairable: foreign.every((one) => isDetachable(aws, one)),
    ...(by === undefined ? {} : { by }),
  };
}

async function takenOff(aws: Aws, site: Site, group: OurGroup, signal: AbortSignal): Promise<Misplaced | undefined> {
  const { id, name } = group;
  const ref = instanceRef(group.machine);
  if ((await site.now.interfaces(id, signal)).some((one) => isFirstOf(ref.instance, one))) return undefined;
  const instance = await site.now.instance(ref.instance, signal);
  // One of a machine that is gone is a leftover, and one without an interface serves nobody.
  const primary = instance && primaryInterface(instance);
  if (!primary || isOn(primary, id)) return undefined;
  // One that is made for a lease is on no interface before its rule is there, and after.
  const holdsLeases = async () => (await site.now.rules(id, signal)).some(bearsMark);
  if (strategyIn(aws.installation, name)?.makesGroups && !(await holdsLeases())) return undefined;
  const by = aws.changers.of([primary.NetworkInterfaceId, ref.instance]);
  const words = { group: name, machine: nameOf(instance), by: by === undefined ? '' : ` by ${by}` };
  return {
    ...about(aws, site, group),
    what: 'takenOff',
    error: new JitError('groupTakenOff', words),
    isRepairable: true,
    ...(by === undefined ? {} : { by }),
  };
}

function isFirstOf(instance: string, { Attachment }: NetworkInterface): boolean {
  const isFirst = Attachment?.DeviceIndex === 0 && (Attachment.NetworkCardIndex ?? 0) === 0;
  return isFirst && Attachment.InstanceId === instance;
}

function isOn({ Groups = [] }: Pick<NetworkInterface, 'Groups'>, group: string): boolean {
  return Groups.some(({ GroupId }) => GroupId === group);
}

function nameOf({ InstanceId = '', Tags }: Instance): string {
  return tagsOf(Tags).Name || InstanceId;
}

/** Puts a group back on its machine, or takes it off what is not. Throws `foreignInterface` where it has to stay on that. */
export async function putRight(aws: Aws, { what, machine, id, name }: Misplaced, signal: AbortSignal): Promise<void> {
  if (what === 'takenOff') return attach(await onboardingOf(aws, machine, signal), { GroupId: id });
  const ref = instanceRef(machine);
  const site = aws.sites.of(ref);
  const own = { id, name, instance: ref.instance };
  const work = { aws, site, allowed: allowedUntil(signal) };
  const left = await takeOff(work, own, await foreignOn(site, own, signal));
  if (left.length > 0) throw await foreignError(site, own, left, signal);
}
