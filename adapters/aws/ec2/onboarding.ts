import type { Instance } from '@aws-sdk/client-ec2';
import { JitError } from '../../../src/core/errors/errors.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import { allowedUntil } from '../../../src/kit/call.ts';
import type { Aws } from './context.ts';
import type { GroupWork } from './group-life.ts';
import { instanceRef } from './ids.ts';
import type { Site } from './sites.ts';

/** One machine that is being protected. */
export interface Onboarding {
  readonly aws: Aws;
  readonly site: Site;
  readonly machine: MachineId;
  readonly instance: Instance;
  readonly signal: AbortSignal;
}

/** The machine as it is now. Throws `machineGone`. */
export async function onboardingOf(aws: Aws, machine: MachineId, signal: AbortSignal): Promise<Onboarding> {
  const ref = instanceRef(machine);
  const site = aws.sites.find(ref, true);
  const instance = await site?.now.instance(ref.instance, signal);
  if (!site || !instance) throw new JitError('machineGone', { machine: ref.instance });
  return { aws, site, machine, instance, signal };
}

/** The same for what is done to groups of ours: allowed as long as the signal does not abort. */
export function groupWork({ aws, site, signal }: Pick<Onboarding, 'aws' | 'site' | 'signal'>): GroupWork {
  return { aws, site, allowed: allowedUntil(signal) };
}
