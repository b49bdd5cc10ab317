import type { MachineId } from '../../src/core/machine/machine.ts';
import { type Port, samePort } from '../../src/core/rule/port.ts';
import { pollUntil } from '../../src/kit/poll.ts';
import type { MachineState } from '../../src/ports/cloud.ts';
import type { Aws } from './ec2/context.ts';
import { type Onboarding, onboardingOf } from './ec2/onboarding.ts';
import { patiently } from './ec2/retries.ts';
import { protectionOf } from './ec2/security-group.ts';
import { endProtection } from './end-protection.ts';
import { refused } from './errors.ts';
import { look } from './observe.ts';
import { findGroup, tagProtection } from './protect.ts';

/** How often, and at what distance, it is looked whether rules stay. */
const LOOKS = { tries: 10, betweenMs: 2_500 } as const;

/**
 * Takes ports out of what a machine's JIT security group says is protected; with the last one, or for all of them, takes the
 * group off its interfaces and deletes it. Refused while rules stand in it, and where an interface would be left without any
 * group, which EC2 does not allow. That something else uses the group refuses nothing: what remains is said, and the patrol
 * deletes it later. Each step is left out where it was done before.
 */
export async function unprotect(
  aws: Aws,
  machine: MachineId,
  signal: AbortSignal,
  ports?: readonly Port[],
): Promise<MachineState> {
  const work = await onboardingOf(aws, machine, signal);
  const group = await findGroup(work);
  const known = (group && protectionOf(group, aws.installation)?.ports) ?? [];
  const left = known.filter(({ port }) => ports && !ports.some((one) => samePort(one, port)));
  if (group && left.length > 0) {
    if (left.length < known.length) await tagProtection(work, group, { ports: left });
  } else if (group) {
    await refuseRules(work);
    const remains = await endProtection(work, group.GroupId ?? '');
    if (remains !== undefined) return { ...(await look(aws, machine, signal)), remains: [remains] };
  }
  return look(aws, machine, signal);
}

/** A reading may still show what was closed just now: it is believed when it stays. */
async function refuseRules(work: Onboarding): Promise<void> {
  const { aws, signal } = work;
  await pollUntil({ ...LOOKS, signal }, aws, async () => {
    const group = await patiently(work, () => findGroup(work));
    return (group?.IpPermissions ?? []).length > 0 ? { notYet: refused('GroupHasRules') } : { done: undefined };
  });
}
