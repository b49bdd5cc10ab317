import type { Instance } from '@aws-sdk/client-ec2';
import { JitError } from '../../../src/core/errors/errors.ts';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import { within } from '../../../src/kit/time-limit.ts';
import type { Aws } from './context.ts';
import type { AccountRegion } from './ids.ts';
import { sdkConfig } from './sdk-config.ts';
import { servedInterfaces } from './security-group.ts';
import type { Site } from './sites.ts';
import { tagsOf } from './tags.ts';
import { watched } from './watch.ts';

/** "Amazon VPC quotas": security groups per network interface (5 unless raised), and rules of one direction in a group (60). */
const CODES = { groups: 'L-2AFB9258', rules: 'L-0EA8095F' } as const;
const KEPT_MS = HOUR_MS;

/** Throws `interfaceFull` when an interface that a machine is opened on has no room for one more group, before anything is made. */
export async function mustHaveRoom(aws: Aws, site: Site, instance: Instance, signal: AbortSignal): Promise<void> {
  const count = Math.max(0, ...servedInterfaces(instance).map(({ Groups = [] }) => Groups.length));
  const most = await quota(aws, site, 'groups', signal);
  const machine = tagsOf(instance.Tags).Name || (instance.InstanceId ?? '');
  if (most !== undefined && count >= most) throw new JitError('interfaceFull', { machine, count, most });
}

/** Throws `groupFull` when a group may not hold so many rules. IPv4 and IPv6 count each for themselves. */
export async function mustHoldRules(aws: Aws, site: Site, count: number, signal: AbortSignal): Promise<void> {
  const most = await mostRules(aws, site, signal);
  if (most !== undefined && count > most) throw new JitError('groupFull', {});
}

/** How many rules of one direction and family a group may hold; undefined when that may not be read. */
export function mostRules(aws: Aws, site: Site, signal: AbortSignal): Promise<number | undefined> {
  return quota(aws, site, 'rules', signal);
}

/** As AWS says it now, at most an hour old; undefined when it may not be read: then EC2 itself refuses the one too many. */
async function quota(
  aws: Aws,
  where: AccountRegion,
  kind: keyof typeof CODES,
  signal: AbortSignal,
): Promise<number | undefined> {
  const key = `${where.account}:${where.region}:${kind}`;
  const known = aws.quotas.get(key);
  if (known && aws.now() - known.at < KEPT_MS) return known.most;
  try {
    const account = aws.sites.organization.account(where.account);
    if (!account) return undefined;
    const config = sdkConfig({ account, region: where.region }, aws.settings);
    const { GetServiceQuotaCommand, ServiceQuotasClient } = await import('@aws-sdk/client-service-quotas');
    const client = watched(new ServiceQuotasClient(config), account.id, aws.settings.called);
    const input = { ServiceCode: 'vpc', QuotaCode: CODES[kind] };
    const abortSignal = within(signal, aws.settings.callMs);
    const { Quota } = await client.send(new GetServiceQuotaCommand(input), { abortSignal });
    client.destroy();
    const most = Quota?.Value;
    aws.quotas.set(key, { at: aws.now(), ...(most === undefined ? {} : { most }) });
    return most;
  } catch (error) {
    signal.throwIfAborted();
    aws.log.warn({ error, kind }, 'a quota of AWS could not be read');
    // Not asked again for each lease.
    aws.quotas.set(key, { at: aws.now() });
    return undefined;
  }
}
