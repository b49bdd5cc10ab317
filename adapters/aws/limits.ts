import { DescribeAccountAttributesCommand, type Instance } from '@aws-sdk/client-ec2';
import { JitError } from '../../src/core/errors.ts';
import { HOUR_MS } from '../../src/core/instant.ts';
import type { Aws } from './context.ts';
import { primaryInterface } from './security-group.ts';
import type { Site } from './sites.ts';
import { tagsOf } from './tags.ts';

/** What EC2 calls the number of groups that an interface may have; 5 in a new account ("Amazon VPC quotas"). */
const GROUPS = 'vpc-max-security-groups-per-interface';
const KEPT_MS = HOUR_MS;

/** Throws `interfaceFull` when a machine's first interface has no room for one more group, before anything is made. */
export async function mustHaveRoom(aws: Aws, site: Site, instance: Instance, signal: AbortSignal): Promise<void> {
  const count = primaryInterface(instance)?.Groups?.length ?? 0;
  const most = await mostGroups(aws, site, signal);
  const machine = tagsOf(instance.Tags).Name || (instance.InstanceId ?? '');
  if (most !== undefined && count >= most) throw new JitError('interfaceFull', { machine, count, most });
}

/** As AWS says it now, at most an hour old; undefined when it may not be read: then EC2 itself refuses. */
async function mostGroups(aws: Aws, site: Site, signal: AbortSignal): Promise<number | undefined> {
  const key = `${site.account}:${site.region}`;
  const known = aws.mostGroups.get(key);
  if (known && aws.now() - known.at < KEPT_MS) return known.most;
  const input = { AttributeNames: [GROUPS as never] };
  try {
    const reply = await site.call(signal, (ec2, options) =>
      ec2.send(new DescribeAccountAttributesCommand(input), options),
    );
    const [attribute] = reply.AccountAttributes ?? [];
    const most = Number(attribute?.AttributeValues?.[0]?.AttributeValue) || undefined;
    if (most !== undefined) aws.mostGroups.set(key, { at: aws.now(), most });
    return most;
  } catch (error) {
    signal.throwIfAborted();
    aws.log.warn({ error }, 'how many groups an interface may have could not be read');
    return undefined;
  }
}
