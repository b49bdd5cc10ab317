import { AwsError } from './errors.ts';
import type { ServerParts } from './parts.ts';
import type { Signer } from './signature.ts';

type Json = Readonly<Record<string, unknown>>;

/** GetServiceQuota of Service Quotas: what of Amazon VPC anybody here asks for. */
export function quotaOf({ world }: ServerParts, { credential, region }: Signer, action: string, input: Json): Json {
  if (action !== 'GetServiceQuota') throw new AwsError('UnknownOperationException', `There is no ${action}.`);
  const quotas = world.region(credential.caller.account, region)?.quotas;
  const values: Readonly<Record<string, number | undefined>> = {
    'L-2AFB9258': quotas?.groupsPerInterface,
    'L-0EA8095F': quotas?.rulesPerGroup,
    'L-E79EC296': quotas?.groupsPerRegion,
  };
  const code = String(input.QuotaCode);
  const value = input.ServiceCode === 'vpc' ? values[code] : undefined;
  if (value === undefined) throw new AwsError('NoSuchResourceException', 'The specified resource does not exist.');
  return { Quota: { ServiceCode: 'vpc', QuotaCode: code, Value: value, Adjustable: true, GlobalQuota: false } };
}
