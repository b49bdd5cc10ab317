import type { AclEntry, Exclusion, PublicAccess, Route, Subnet } from './model.ts';
import { newId, type Region } from './region.ts';
import type { AwsWorld } from './world.ts';

/** An entry as a person writes it. */
export interface AclEntrySpec extends Omit<AclEntry, 'egress' | 'protocol'> {
  /** For what leaves the subnet; what comes in unless told. */
  readonly egress?: boolean;
  /** TCP (`6`) unless told. */
  readonly protocol?: string;
}

/** What people do in the console to what is around machines. Subnets are named by their id or `Name` tag. */
export interface NetworkHuman {
  /** Gives a subnet a network ACL of its own with these entries alone; gives its id. */
  setAcl(subnet: string, entries: readonly AclEntrySpec[]): string;
  /** Writes an entry into the network ACL of a subnet, in place of the one with its number. */
  putAclEntry(subnet: string, entry: AclEntrySpec): void;
  /** Gives a subnet a route table of its own with these routes besides the local ones; without any, the main one again. */
  setRoutes(subnet: string, routes?: readonly Route[]): void;
  /** Gives the Internet gateway of the subnet's VPC a route table with these routes besides the local ones; none without any. */
  setEdgeRoutes(subnet: string, routes?: readonly Route[]): void;
  /** Attaches an Internet gateway to the VPC of a subnet, or takes it off. */
  setGateway(subnet: string, isAttached: boolean): void;
  /** Makes a subnet one that another account shares ("Share your VPC subnets with other accounts"). */
  setOwner(subnet: string, account: string): void;
  /** Switches VPC Block Public Access of the region that a subnet is in. */
  setPublicAccess(subnet: string, access: Pick<PublicAccess, 'mode'> & Partial<PublicAccess>): void;
  /** Leaves a subnet, or its whole VPC, out of it; with no exclusion, that is ended. */
  setExclusion(subnet: string, exclusion?: ExclusionSpec): void;
  /** Lets an interface refuse what comes to its IPv6 addresses from the Internet. */
  setDeniesGateway(interfaceId: string, denies: boolean): void;
  /** Writes these prefixes into a prefix list, by its name, in place of all it had. */
  setPrefixList(name: string, cidrs: readonly string[]): void;
}

export interface ExclusionSpec extends Pick<Exclusion, 'mode'> {
  /** `create-complete` unless told. */
  readonly state?: string;
  /** The VPC instead of the subnet. */
  readonly ofVpc?: boolean;
}

type Act = <A extends unknown[], R>(run: (...args: A) => R) => (...args: A) => R;

/** `act` is what goes around all that a person does. */
export function networkHuman(world: AwsWorld, act: Act): NetworkHuman {
  const find = (name: string): { readonly region: Region; readonly subnet: Subnet } => {
    for (const region of world.regions())
      for (const subnet of region.subnets.all())
        if (subnet.id === name || subnet.tags.get('Name') === name) return { region, subnet };
    throw new Error(`The simulated AWS has no subnet ${name}`);
  };
  const row = (region: Region, prefix: string, { vpcId }: Subnet) => {
    return { id: newId(prefix), seq: region.nextSeq(), tags: new Map(), vpcId };
  };
  return {
    setAcl: act((name, entries) => {
      const { region, subnet } = find(name);
      for (const acl of region.acls.by('subnet', subnet.id))
        region.acls.put({ ...acl, subnetIds: without(acl.subnetIds, subnet.id) });
      const acl = { ...row(region, 'acl', subnet), isDefault: false, subnetIds: [subnet.id] };
      region.acls.put({ ...acl, entries: entries.map(toEntry) });
      return acl.id;
    }),
    putAclEntry: act((name, spec) => {
      const { region, subnet } = find(name);
      const [acl] = region.acls.by('subnet', subnet.id);
      const entry = toEntry(spec);
      const others = acl?.entries.filter(({ number, egress }) => number !== entry.number || egress !== entry.egress);
      if (acl) region.acls.put({ ...acl, entries: [...(others ?? []), entry] });
    }),
    setRoutes: act((name, routes) => {
      const { region, subnet } = find(name);
      for (const table of region.routeTables.by('subnet', subnet.id)) region.routeTables.remove(table.id);
      if (!routes) return;
      const main = region.routeTables.by('vpc', subnet.vpcId).find(({ isMain }) => isMain);
      const local = main?.routes.filter(({ target }) => target === 'local') ?? [];
      const table = { ...row(region, 'rtb', subnet), isMain: false, subnetIds: [subnet.id] };
      region.routeTables.put({ ...table, routes: [...local, ...routes] });
    }),
    setEdgeRoutes: act((name, routes) => {
      const { region, subnet } = find(name);
      const all = region.routeTables.by('vpc', subnet.vpcId);
      for (const { id, gatewayIds = [] } of all) if (gatewayIds.length > 0) region.routeTables.remove(id);
      if (!routes) return;
      const gatewayIds = [...region.gateways.all()].filter(({ vpcId }) => vpcId === subnet.vpcId).map(({ id }) => id);
      const local = all.find(({ isMain }) => isMain)?.routes.filter(({ target }) => target === 'local') ?? [];
      const table = { ...row(region, 'rtb', subnet), isMain: false, subnetIds: [], gatewayIds };
      region.routeTables.put({ ...table, routes: [...local, ...routes] });
    }),
    setGateway: act((name, isAttached) => {
      const { region, subnet } = find(name);
      for (const { id, vpcId } of [...region.gateways.all()]) if (vpcId === subnet.vpcId) region.gateways.remove(id);
      if (isAttached) region.gateways.put(row(region, 'igw', subnet));
    }),
    setOwner: act((name, owner) => {
      const { region, subnet } = find(name);
      region.subnets.put({ ...subnet, owner });
    }),
    setPublicAccess: act((name, access) => {
      const { region, subnet } = find(name);
      const { vpcId: _, ...made } = row(region, 'options', subnet);
      region.publicAccess.put({ ...made, state: 'update-complete', ...access, id: 'options' });
    }),
    setExclusion: act((name, exclusion) => {
      const { region, subnet } = find(name);
      for (const { id, resourceId } of [...region.exclusions.all()])
        if (resourceId === subnet.id || resourceId === subnet.vpcId) region.exclusions.remove(id);
      if (!exclusion) return;
      const { vpcId, ...made } = row(region, 'vpcbpa-exclude', subnet);
      const { mode, state = 'create-complete', ofVpc = false } = exclusion;
      region.exclusions.put({ ...made, mode, state, resourceId: ofVpc ? vpcId : subnet.id });
    }),
    setDeniesGateway: act((id, deniesGateway) => {
      for (const region of world.regions()) {
        const one = region.interfaces.get(id);
        if (one) region.interfaces.put({ ...one, deniesGateway });
      }
    }),
    setPrefixList: act((name, cidrs) => {
      for (const region of world.regions())
        for (const list of [...region.prefixLists.all()])
          if (list.name === name) region.prefixLists.put({ ...list, entries: cidrs.map((cidr) => ({ cidr })) });
    }),
  };
}

function toEntry({ egress = false, protocol = '6', ...spec }: AclEntrySpec): AclEntry {
  return { ...spec, egress, protocol };
}

function without(ids: readonly string[], id: string): readonly string[] {
  return ids.filter((one) => one !== id);
}
