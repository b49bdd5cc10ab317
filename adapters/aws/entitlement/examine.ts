import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { JitError } from '../../../src/core/errors/errors.ts';
import { type Diagnosis, faultAt, meaningOf, unknownAt } from '../../../src/core/view/doctor-page.ts';
import { within } from '../../../src/kit/time-limit.ts';
import type { Aws } from '../ec2/context.ts';
import { ownAnswers } from '../ec2/own-answers.ts';
import { sdkConfig } from '../ec2/sdk-config.ts';
import { asJitError, codeOf } from '../errors.ts';
import type { AwsAccount } from '../settings.ts';

/** Whether IAM may be asked there, tried with the role that asks. */
export async function examineEntitlement(
  aws: Aws,
  account: AwsAccount,
  action: string,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const of = `AWS ${account.id}`;
  const what = 'right to ask IAM';
  const [region = 'us-east-1'] = account.regions;
  const arn = account.role?.arn;
  if (arn === undefined)
    return unknownAt(of, what, 'No role is set to try it with.', 'Let the program call iam:SimulatePrincipalPolicy.');
  const iam = ownAnswers(new IAMClient(sdkConfig({ account, region }, aws.settings)));
  const input = { PolicySourceArn: arn, ActionNames: [action] };
  const fine: Diagnosis = { of, what, verdict: 'fine' };
  try {
    await iam.send(new SimulatePrincipalPolicyCommand(input), { abortSignal: within(signal, aws.settings.callMs) });
    return fine;
  } catch (error) {
    // It may ask, and is told that it has another path or name.
    if (codeOf(error)?.startsWith('NoSuchEntity')) return fine;
    const known = asJitError(error);
    const isDenied = known instanceof JitError && known.code === 'cloudDenied';
    const remedy = 'Update the roles from manifests/aws/roles.yaml with Entitlement=iam.';
    return isDenied ? faultAt(of, what, meaningOf(known), remedy) : unknownAt(of, what, meaningOf(known), remedy);
  } finally {
    iam.destroy();
  }
}
