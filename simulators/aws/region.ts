import { randomBytes } from 'node:crypto';
import {
  type Exclusion,
  type FlowLog,
  type Gateway,
  type Group,
  type Instance,
  type Interface,
  identity,
  type NetworkAcl,
  type PrefixList,
  type PublicAccess,
  type RouteTable,
  type Rule,
  type Subnet,
  type Vpc,
} from './model.ts';
import { type Reader, Table } from './table.ts';

/** The resources of one region as one reading sees them: as they are, or as they were a while ago. */
export interface Reading {
  readonly vpcs: Reader<Vpc>;
  readonly subnets: Reader<Subnet>;
  readonly acls: Reader<NetworkAcl>;
  readonly routeTables: Reader<RouteTable>;
  readonly gateways: Reader<Gateway>;
  readonly publicAccess: Reader<PublicAccess>;
  readonly exclusions: Reader<Exclusion>;
  readonly groups: Reader<Group>;
  readonly rules: Reader<Rule>;
  readonly interfaces: Reader<Interface>;
  readonly instances: Reader<Instance>;
  readonly prefixLists: Reader<PrefixList>;
  readonly flowLogs: Reader<FlowLog>;
}

/** Quotas of an account in a region (Amazon VPC quotas). */
export interface Quotas {
  /** In each direction, for IPv4 and IPv6 each. */
  readonly rulesPerGroup: number;
  readonly groupsPerInterface: number;
  readonly groupsPerRegion: number;
}

/** One region of one account. */
export class Region implements Reading {
  readonly account: string;
  readonly name: string;
  readonly quotas: Quotas;
  readonly vpcs: Table<Vpc>;
  readonly subnets: Table<Subnet>;
  readonly acls: Table<NetworkAcl>;
  readonly routeTables: Table<RouteTable>;
  readonly gateways: Table<Gateway>;
  readonly publicAccess: Table<PublicAccess>;
  readonly exclusions: Table<Exclusion>;
  readonly groups: Table<Group>;
  readonly rules: Table<Rule>;
  readonly interfaces: Table<Interface>;
  readonly instances: Table<Instance>;
  readonly prefixLists: Table<PrefixList>;
  readonly flowLogs: Table<FlowLog>;
  #seq = 0;

  constructor(account: string, name: string, quotas: Quotas, now: () => number) {
    this.account = account;
    this.name = name;
    this.quotas = quotas;
    this.vpcs = new Table<Vpc>(now);
    this.subnets = new Table<Subnet>(now);
    this.acls = new Table<NetworkAcl>(now, { subnet: ({ subnetIds }) => subnetIds });
    this.routeTables = new Table<RouteTable>(now, {
      subnet: ({ subnetIds }) => subnetIds,
      vpc: ({ vpcId }) => [vpcId],
    });
    this.gateways = new Table<Gateway>(now);
    this.publicAccess = new Table<PublicAccess>(now);
    this.exclusions = new Table<Exclusion>(now);
    this.groups = new Table<Group>(now, {
      name: (group) => [group.name],
      unique: (group) => [uniqueName(group.vpcId, group.name)],
    });
    this.rules = new Table<Rule>(now, {
      group: (rule) => [rule.groupId],
      identity: (rule) => [identity(rule.groupId, rule.egress, rule)],
      peer: (rule) => [rule.peer.value],
    });
    this.interfaces = new Table<Interface>(now, {
      group: (one) => one.groups,
      instance: (one) => [one.instanceId],
    });
    this.instances = new Table<Instance>(now);
    this.prefixLists = new Table<PrefixList>(now);
    this.flowLogs = new Table<FlowLog>(now);
  }

  nextSeq(): number {
    this.#seq += 1;
    return this.#seq;
  }

  /** Everything as it was at that instant, UTC ms. */
  at(ms: number): Reading {
    return {
      vpcs: this.vpcs.at(ms),
      subnets: this.subnets.at(ms),
      acls: this.acls.at(ms),
      routeTables: this.routeTables.at(ms),
      gateways: this.gateways.at(ms),
      publicAccess: this.publicAccess.at(ms),
      exclusions: this.exclusions.at(ms),
      groups: this.groups.at(ms),
      rules: this.rules.at(ms),
      interfaces: this.interfaces.at(ms),
      instances: this.instances.at(ms),
      prefixLists: this.prefixLists.at(ms),
      flowLogs: this.flowLogs.at(ms),
    };
  }

  arn(kind: string, id: string): string {
    return `arn:aws:ec2:${this.name}:${this.account}:${kind}/${id}`;
  }
}

/** Names of security groups are unique in a VPC, whatever their case. */
export const uniqueName = (vpcId: string, name: string): string => `${vpcId}/${name.toLowerCase()}`;

/** A new id in the long form: the prefix and 17 hexadecimal digits. */
export const newId = (prefix: string): string => `${prefix}-0${randomBytes(8).toString('hex')}`;
