import type { Instance } from '@aws-sdk/client-ec2';
import { JitError } from '../../../src/core/errors/errors.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import { CLOUD, isNotFound } from '../errors.ts';
import type { Aws } from './context.ts';
import { instanceRef } from './ids.ts';
import type { Site } from './sites.ts';

/** A new group is not known everywhere at once (EC2 developer guide, "Eventual consistency"): how often and how long to wait. */
const TRIES = 10;
const WAIT_MS = 500;

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

/** Again while what was just made is not found everywhere, and while nobody answers: a step reads what is there first, or is done once however often. */
export async function patiently<T>(
  { aws, signal }: Pick<Onboarding, 'aws' | 'signal'>,
  step: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await step();
    } catch (error) {
      const early = isNotFound(error) || (error instanceof JitError && error.kind === 'busy');
      if (!early || tries === TRIES) throw error;
      await aws.pause(WAIT_MS * tries, signal);
    }
  }
}

export function refused(code: string): JitError {
  return new JitError('cloudRefused', { cloud: CLOUD, code });
}
