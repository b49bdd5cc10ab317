import type { Subnet, VpcBlockPublicAccessExclusion } from '@aws-sdk/client-ec2';
import type { OrUnknown } from '../../../src/core/packet/read.ts';
import type { BlockPublicAccess } from '../ec2/read-access.ts';
import type { PublicAccess } from './model.ts';

export const PUBLIC_ACCESS = 'whether VPC Block Public Access keeps the Internet out';

/** Exclusions in these states count, and in those they do not ("Create and delete exclusions"); in any other nobody can tell. */
const IN_FORCE = new Set(['create-complete', 'update-complete']);
const NOT_IN_FORCE = new Set(['create-failed', 'delete-complete', 'disable-complete']);

/**
 * Does the Internet gateway let packets from the Internet into this subnet, as VPC Block Public Access is set ("Block public
 * access to VPCs and subnets")? Only an exclusion for both directions lets them in. The mode that the subnet itself shows has to
 * agree; of a subnet that another account shares it is all that can be read.
 */
export function publicAccessOf(
  { options, exclusions }: BlockPublicAccess,
  subnet: Subnet,
  account: string,
): OrUnknown<PublicAccess> {
  const unknown = { unknown: PUBLIC_ACCESS };
  const shown = subnet.BlockPublicAccessStates?.InternetGatewayBlockMode;
  const isShownOpen = shown === undefined ? undefined : shown === 'off';
  if (subnet.OwnerId !== undefined && subnet.OwnerId !== account) {
    if (isShownOpen === undefined) return unknown;
    return { is: isShownOpen ? 'on' : 'blocked' };
  }
  const mode = options.InternetGatewayBlockMode;
  if (mode === undefined || options.State === 'update-in-progress') return unknown;
  const isOpen = mode === 'off' ? true : isLeftOut(exclusions, subnet);
  if (isOpen === undefined || (isShownOpen !== undefined && isShownOpen !== isOpen)) return unknown;
  return { is: isOpen ? 'on' : 'blocked' };
}

function isLeftOut(
  exclusions: readonly VpcBlockPublicAccessExclusion[],
  { SubnetId = '-', VpcId = '-' }: Subnet,
): boolean | undefined {
  const own = exclusions.filter(({ ResourceArn = '' }) =>
    [`:subnet/${SubnetId}`, `:vpc/${VpcId}`].some((end) => ResourceArn.endsWith(end)),
  );
  const inward = own.filter((one) => one.InternetGatewayExclusionMode !== 'allow-egress');
  if (inward.some(({ State = '', InternetGatewayExclusionMode: mode }) => IN_FORCE.has(State) && mode !== undefined))
    return true;
  return inward.every(({ State = '' }) => NOT_IN_FORCE.has(State)) ? false : undefined;
}
