import type { AclEntry, Route, Subnet } from './model.ts';
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
  };
}

function toEntry({ egress = false, protocol = '6', ...spec }: AclEntrySpec): AclEntry {
  return { ...spec, egress, protocol };
}

function without(ids: readonly string[], id: string): readonly string[] {
  return ids.filter((one) => one !== id);
}
