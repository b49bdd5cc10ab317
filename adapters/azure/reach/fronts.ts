import type { LoadBalancer } from '@azure/arm-network';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import type { Unknown } from '../../../src/core/packet/known.ts';
import type { OrUnknown } from '../../../src/core/packet/read.ts';
import { Recent } from '../../../src/kit/recent.ts';
import type { Subscription } from '../arm/clients.ts';
import { type Azure, isConfigured, siteOf } from '../arm/context.ts';
import { type ArmId, part } from '../arm/ids.ts';
import type { Nic } from '../arm/machine.ts';

import { orDenied, orUnknown } from './or-unknown.ts';

const LIST_MS = 30 * SECOND_MS;
/** Load balancers change seldom, and every look at a machine asks for them. */
const KEPT_MS = 10 * SECOND_MS;

const recent = new Recent<Fronts>(KEPT_MS);

/** The load balancers and public addresses of some subscriptions: what leads from outside to addresses of machines. */
export interface Fronts {
  readonly balancers: readonly LoadBalancer[];
  /** Public addresses by id, as far as the role lets us read them. */
  readonly addresses: ReadonlyMap<ArmId, string>;
  /** What of it could not be read. */
  readonly unread: readonly Unknown[];
}

export const NO_FRONTS: Fronts = { balancers: [], addresses: new Map(), unread: [] };

/**
 * What may lead to some interfaces: two lists for each subscription that they, their networks, or their load balancers are in
 * ("Load Balancers - List All"). Lists, as pools by address are named by no interface ("Manage backend pools by IP address").
 */
export async function readFronts(azure: Azure, nics: readonly Nic[], signal: AbortSignal): Promise<Fronts> {
  const named = nics.flatMap(({ id, subnets, configurations }) => [
    id,
    ...subnets.map((subnet) => subnet.id),
    ...configurations.flatMap(({ leads, publicAddress }) => [...leads, ...(publicAddress ? [publicAddress] : [])]),
  ]);
  const sites = new Set(named.filter((id) => isConfigured(azure, id)).map((id) => siteOf(azure, id)));
  const all = await Promise.all(
    [...sites].map((site) => recent.read(azure, site.id, (shared) => readSite(site, shared), signal)),
  );
  return {
    balancers: all.flatMap(({ balancers }) => balancers),
    addresses: new Map(all.flatMap(({ addresses }) => [...addresses])),
    unread: all.flatMap(({ unread }) => unread),
  };
}

async function readSite(site: Subscription, signal: AbortSignal): Promise<Fronts> {
  const unknown = `the load balancers of the subscription ${site.id}, which could not be read`;
  const [balancers, addresses] = await Promise.all([
    orUnknown(unknown, async (): Promise<OrUnknown<readonly LoadBalancer[]>> => {
      const list = site.read(signal, ({ network }, o) => Array.fromAsync(network.loadBalancers.listAll(o)), LIST_MS);
      return { is: await list };
    }),
    orDenied(site.read(signal, ({ network }, o) => Array.fromAsync(network.publicIPAddresses.listAll(o)), LIST_MS)),
  ]);
  return {
    ...('is' in balancers ? { balancers: balancers.is, unread: [] } : { balancers: [], unread: [balancers.unknown] }),
    addresses: new Map(
      (addresses ?? []).flatMap(({ id = '', ipAddress }) => (ipAddress ? [[id.toLowerCase(), ipAddress]] : [])),
    ),
  };
}

/** Name of the load balancer that a pool or rule of it is in. */
export function balancerOf(id: ArmId): string {
  return part(id, 'loadBalancers');
}
