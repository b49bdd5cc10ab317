import { type EvaluationResult, IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { JitError } from '../../../src/core/errors/errors.ts';
import { type Diagnosis, faultAt, meaningOf, unknownAt } from '../../../src/core/view/doctor-page.ts';
import { within } from '../../../src/kit/time-limit.ts';
import type { Aws } from '../ec2/context.ts';
import { ownAnswers } from '../ec2/own-answers.ts';
import { sdkConfig } from '../ec2/sdk-config.ts';
import { asJitError } from '../errors.ts';
import type { AwsAccount } from '../settings.ts';
import { TAG } from './sessions.ts';

const ACTION = 'ssm:SendCommand';
/** An instance that nobody has: the role is bound to a tag, which IAM is told. */
const NOBODY = 'i-00000000000000000';
const SEND = 'Update the roles from manifests/aws/roles.yaml with CutSessions=<the document>.';
const ASK = `${SEND} It lets the role ask IAM about itself, too.`;

/**
 * Whether the role of an account may run the document on machines with the tag of this installation, in all of its regions.
 * Systems Manager has no dry run, so IAM is asked ("SimulatePrincipalPolicy", IAM API reference), which looks up no tags, and
 * knows no resource control policies.
 */
export async function examineSending(
  aws: Aws,
  account: AwsAccount,
  document: string,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const [of, what] = [`AWS ${account.id}`, 'right to cut sessions'];
  const role = account.role?.arn;
  if (role === undefined)
    return unknownAt(
      of,
      what,
      'No role is set that IAM could be asked about.',
      'Compare your own with CutSessions in manifests/aws/roles.yaml.',
    );
  try {
    const results = await asked(aws, account, { role, document }, signal);
    const refused = results.find(({ EvalDecision }) => EvalDecision !== 'allowed');
    if (refused) return faultAt(of, what, refusal(refused), SEND);
    return { of, what, verdict: 'fine' };
  } catch (error) {
    const known = asJitError(error);
    if (known instanceof JitError) return unknownAt(of, what, meaningOf(known), ASK);
    throw known;
  }
}

interface Question {
  readonly role: string;
  readonly document: string;
}

/** What IAM says of each document and each machine: never fewer answers than there were questions. */
async function asked(
  aws: Aws,
  account: AwsAccount,
  { role, document }: Question,
  signal: AbortSignal,
): Promise<readonly EvaluationResult[]> {
  const [, partition = 'aws'] = role.split(':');
  const [region = 'us-east-1'] = account.regions;
  const resources = account.regions.flatMap((one) => [
    `arn:${partition}:ssm:${one}:${account.id}:document/${document}`,
    `arn:${partition}:ec2:${one}:${account.id}:instance/${NOBODY}`,
  ]);
  const iam = ownAnswers(new IAMClient(sdkConfig({ account, region }, aws.settings)));
  const tag = (key: string) => ({
    ContextKeyName: key,
    ContextKeyType: 'string' as const,
    ContextKeyValues: [aws.installation],
  });
  const input = {
    PolicySourceArn: role,
    ActionNames: [ACTION],
    ResourceArns: resources,
    ContextEntries: [tag(`ssm:resourceTag/${TAG}`), tag(`aws:ResourceTag/${TAG}`)],
    MaxItems: resources.length,
  };
  try {
    const { EvaluationResults = [] } = await iam.send(new SimulatePrincipalPolicyCommand(input), {
      abortSignal: within(signal, aws.settings.callMs),
    });
    return resources.map(
      (arn) =>
        EvaluationResults.find((one) => one.EvalResourceName === arn) ?? {
          EvalActionName: ACTION,
          EvalResourceName: arn,
          EvalDecision: 'implicitDeny',
        },
    );
  } finally {
    iam.destroy();
  }
}

function refusal({ EvalResourceName = '', EvalDecision }: EvaluationResult): string {
  const where = EvalResourceName.includes(`instance/`) ? `machines with the tag ${TAG}` : EvalResourceName;
  const how = EvalDecision === 'explicitDeny' ? 'a policy denies it' : 'no policy allows it';
  return `The role may not call ${ACTION} on ${where}: ${how}.`;
}
