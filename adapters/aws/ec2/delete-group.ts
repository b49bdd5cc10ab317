import { DeleteSecurityGroupCommand } from '@aws-sdk/client-ec2';
import { JitError } from '../../../src/core/errors/errors.ts';
import { CLOUD, isCode, isNotFound } from '../errors.ts';
import { type Onboarding, patiently } from './onboarding.ts';

/** Deletes a group of ours that is on no interface any more; absent is success. A detachment is not known everywhere at once. */
export async function remove(work: Pick<Onboarding, 'aws' | 'site' | 'signal'>, GroupId: string): Promise<void> {
  const { site, signal } = work;
  await patiently(work, async () => {
    try {
      await site.call(signal, (ec2, options) => ec2.send(new DeleteSecurityGroupCommand({ GroupId }), options));
    } catch (error) {
      if (isNotFound(error)) return;
      throw isCode(error, 'DependencyViolation') ? new JitError('cloudBusy', { cloud: CLOUD }) : error;
    }
  });
}
