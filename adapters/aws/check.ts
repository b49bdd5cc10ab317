import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import type { Aws } from './ec2/context.ts';

const READ = { MaxResults: 5 };

/**
 * Can every role be assumed, and does EC2 answer it? Throws what is wrong with the first. That a role refuses a source identity
 * is a warning.
 */
export async function check(aws: Aws, signal: AbortSignal): Promise<void> {
  await aws.sites.organization.refresh(signal);
  const operators = aws.sites.all();
  // A role that protects, or ends that, is missed only when it is needed.
  const onboarders = operators.map((site) => aws.sites.of(site, true));
  await Promise.all(
    [...new Set([...operators, ...onboarders])].map((site) =>
      site.call(signal, (ec2, options) => ec2.send(new DescribeInstancesCommand(READ), options)),
    ),
  );
  await Promise.all(aws.sites.organization.accounts().map((account) => aws.sites.identities.probe(account, signal)));
}
