import { DescribeInstancesCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { type AwsSettings, clientFor, fullSettings, groupRef } from '../../adapters/aws/index.ts';
import type { Plan } from './shared.ts';

/** What a job of the plain ways holds: the rule of one lease. */
export interface Closing {
  readonly group: string;
  readonly rule: string;
}

export const CONCURRENCY = 50;
const ENDLESS = new AbortController().signal;

/** All that is to be closed, and the closing call by rule id: with the adapter's own client and settings, signed in. */
export async function closings({ settings, stood }: Plan) {
  const client = clientOf(settings);
  await client.call(ENDLESS, (ec2, options) => ec2.send(new DescribeInstancesCommand({ MaxResults: 5 }), options));
  const all: readonly Closing[] = stood
    .flatMap(({ placements }) => placements)
    .map(({ at, id = '' }) => ({ group: groupRef(at).group, rule: id }));
  const close = ({ group, rule }: Closing): Promise<void> => {
    const input = { GroupId: group, SecurityGroupRuleIds: [rule] };
    return client.change(input, { signal: ENDLESS, beforeCall: () => {} }, async (ec2, options) => {
      await ec2.send(new RevokeSecurityGroupIngressCommand(input), options);
    });
  };
  return { all, close };
}

function clientOf(settings: AwsSettings) {
  const [account] = settings.accounts;
  const [region] = account?.regions ?? [];
  if (!account || !region) throw new Error('no account');
  return clientFor({ account, region }, fullSettings(settings));
}
