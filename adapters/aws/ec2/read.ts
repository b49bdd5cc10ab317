import {
  DescribeFlowLogsCommand,
  DescribeInstancesCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type Filter,
  type FlowLog,
  type Instance,
  type NetworkAcl,
  type NetworkInterface,
  type RouteTable,
  type SecurityGroup,
  type SecurityGroupRule,
  type Subnet,
} from '@aws-sdk/client-ec2';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import { ENDLESS } from '../../../src/kit/time-limit.ts';
import { Batch } from './batch.ts';
import type { Client } from './clients.ts';
import { strange } from './own-answers.ts';

/** Readings are usually right at once; AWS promises nothing, and what must be sure waits this long on top of all else. */
export const READ_LAG_MS = 10 * SECOND_MS;
/**
 * So many on a page of the lists read here. EC2 gives up to a thousand, but the SDK parses a page in one piece, and a closing waits meanwhile: a
 * thousand rules or instances take more than a tenth of a second of CPU, so many about 30 ms.
 */
export const PAGE = 250;
const ROUTE_TABLES_PAGE = 100;
/** Values of one filter; EC2 takes 200 in one call. */
export const MOST_KEYS = 100;

type Page<T> = { readonly items: readonly T[] | undefined; readonly next: string | undefined };

/** All pages of a list, one after the other. */
export async function* pages<T>(read: (token: { NextToken?: string }) => Promise<Page<T>>): AsyncGenerator<T> {
  let token: { NextToken?: string } = {};
  do {
    const { items, next } = await read(token);
    // An empty list is a list.
    if (!items) throw strange();
    yield* items;
    token = next ? { NextToken: next } : {};
  } while (token.NextToken);
}

/** Instances in any state that pass the filters; terminated ones linger for about an hour. */
export function readInstances(
  client: Client,
  filters: readonly Filter[],
  signal: AbortSignal,
): AsyncGenerator<Instance> {
  return pages(async (token) => {
    const input = { ...token, MaxResults: PAGE, Filters: [...filters] };
    const reply = await client.call(signal, (ec2, options) => ec2.send(new DescribeInstancesCommand(input), options));
    return { items: reply.Reservations?.flatMap((one) => one.Instances ?? []), next: reply.NextToken };
  });
}

export function readGroups(
  client: Client,
  filters: readonly Filter[],
  signal: AbortSignal,
): AsyncGenerator<SecurityGroup> {
  return pages(async (token) => {
    const input = { ...token, MaxResults: PAGE, Filters: [...filters] };
    const reply = await client.call(signal, (ec2, options) =>
      ec2.send(new DescribeSecurityGroupsCommand(input), options),
    );
    return { items: reply.SecurityGroups, next: reply.NextToken };
  });
}

/** Network interfaces, also those of load balancers and other services, and those that AWS leaves out unless told (DescribeNetworkInterfaces). */
export function readInterfaces(
  client: Client,
  filters: readonly Filter[],
  signal: AbortSignal,
): AsyncGenerator<NetworkInterface> {
  return pages(async (token) => {
    const input = { ...token, MaxResults: PAGE, Filters: [...filters], IncludeManagedResources: true };
    const reply = await client.call(signal, (ec2, options) =>
      ec2.send(new DescribeNetworkInterfacesCommand(input), options),
    );
    return { items: reply.NetworkInterfaces, next: reply.NextToken };
  });
}

export function readNetworkAcls(
  client: Client,
  filters: readonly Filter[],
  signal: AbortSignal,
): AsyncGenerator<NetworkAcl> {
  return pages(async (token) => {
    const input = { ...token, MaxResults: PAGE, Filters: [...filters] };
    const reply = await client.call(signal, (ec2, options) => ec2.send(new DescribeNetworkAclsCommand(input), options));
    return { items: reply.NetworkAcls, next: reply.NextToken };
  });
}

export function readRouteTables(
  client: Client,
  filters: readonly Filter[],
  signal: AbortSignal,
): AsyncGenerator<RouteTable> {
  return pages(async (token) => {
    const input = { ...token, MaxResults: ROUTE_TABLES_PAGE, Filters: [...filters] };
    const reply = await client.call(signal, (ec2, options) => ec2.send(new DescribeRouteTablesCommand(input), options));
    return { items: reply.RouteTables, next: reply.NextToken };
  });
}

export function readSubnets(client: Client, filters: readonly Filter[], signal: AbortSignal): AsyncGenerator<Subnet> {
  return pages(async (token) => {
    const input = { ...token, MaxResults: PAGE, Filters: [...filters] };
    const reply = await client.call(signal, (ec2, options) => ec2.send(new DescribeSubnetsCommand(input), options));
    return { items: reply.Subnets, next: reply.NextToken };
  });
}

export function readFlowLogs(client: Client, signal: AbortSignal): AsyncGenerator<FlowLog> {
  return pages(async (token) => {
    const input = { ...token, MaxResults: PAGE };
    const reply = await client.call(signal, (ec2, options) => ec2.send(new DescribeFlowLogsCommand(input), options));
    return { items: reply.FlowLogs, next: reply.NextToken };
  });
}

/** Rules that let traffic in, or out. */
export async function* readRules(
  client: Client,
  filters: readonly Filter[],
  signal: AbortSignal,
  egress = false,
): AsyncGenerator<SecurityGroupRule> {
  // Of which it is not said is one of both.
  for await (const rule of readAllRules(client, filters, signal)) if ((rule.IsEgress ?? egress) === egress) yield rule;
}

function readAllRules(
  client: Client,
  filters: readonly Filter[],
  signal: AbortSignal,
): AsyncGenerator<SecurityGroupRule> {
  return pages(async (token) => {
    const input = { ...token, MaxResults: PAGE, Filters: [...filters] };
    const reply = await client.call(signal, (ec2, options) =>
      ec2.send(new DescribeSecurityGroupRulesCommand(input), options),
    );
    return { items: reply.SecurityGroupRules, next: reply.NextToken };
  });
}

/** Single instances, and the rules and interfaces of single groups, read many at a time. */
export class Readings {
  readonly #instances: Batch<Instance | undefined>;
  readonly #interfaces: Batch<readonly NetworkInterface[]>;
  readonly #rules: Batch<readonly SecurityGroupRule[]>;
  readonly #groups: Batch<boolean>;
  /** Groups of which rules were told when they were last read, whichever way those let traffic. */
  readonly #withRules = new Set<string>();

  constructor(client: Client) {
    // What is read for many is not given up because one of them gives up; each call has its own time limit.
    this.#instances = new Batch(
      async (ids) => {
        const found = new Map<string, Instance>();
        const filters = [{ Name: 'instance-id', Values: [...ids] }];
        for await (const one of readInstances(client, filters, ENDLESS)) found.set(one.InstanceId ?? '', one);
        return found;
      },
      undefined,
      MOST_KEYS,
    );
    this.#rules = new Batch<readonly SecurityGroupRule[]>(
      async (ids) => {
        const found = new Map<string, SecurityGroupRule[]>(ids.map((id) => [id, []]));
        const filters = [{ Name: 'group-id', Values: [...ids] }];
        for (const id of ids) this.#withRules.delete(id);
        for await (const rule of readAllRules(client, filters, ENDLESS)) {
          const { GroupId = '', IsEgress = false } = rule;
          this.#withRules.add(GroupId);
          if (!IsEgress) found.get(GroupId)?.push(rule);
        }
        return found;
      },
      [],
      MOST_KEYS,
    );
    this.#groups = new Batch(
      async (ids) => {
        const filters = [{ Name: 'group-id', Values: [...ids] }];
        const found = await Array.fromAsync(readGroups(client, filters, ENDLESS));
        return new Map(found.map(({ GroupId = '' }) => [GroupId, true]));
      },
      false,
      MOST_KEYS,
    );
    this.#interfaces = new Batch<readonly NetworkInterface[]>(
      async (ids) => {
        const found = new Map<string, NetworkInterface[]>(ids.map((id) => [id, []]));
        const filters = [{ Name: 'group-id', Values: [...ids] }];
        for await (const one of readInterfaces(client, filters, ENDLESS))
          for (const { GroupId = '' } of one.Groups ?? []) found.get(GroupId)?.push(one);
        return found;
      },
      [],
      MOST_KEYS,
    );
  }

  /** The instance as it is now; undefined when it is terminated or was never there. */
  async instance(id: string, signal: AbortSignal): Promise<Instance | undefined> {
    const instance = await this.#instances.get(id, signal);
    return instance && !isOver(instance) ? instance : undefined;
  }

  /** The rules of a group that let traffic in, as they are now; none when the group is gone. */
  rules(group: string, signal: AbortSignal): Promise<readonly SecurityGroupRule[]> {
    return this.#rules.get(group, signal);
  }

  /** Is a group one that EC2 shows to this account? One with rules, as they were last read, is; of others it is asked. */
  async shows(group: string, signal: AbortSignal): Promise<boolean> {
    return this.#withRules.has(group) || (await this.#groups.get(group, signal));
  }

  /** All interfaces that a group is on, whoever has them, as they are now. */
  interfaces(group: string, signal: AbortSignal): Promise<readonly NetworkInterface[]> {
    return this.#interfaces.get(group, signal);
  }
}

function isOver({ State }: Instance): boolean {
  return State?.Name === 'terminated' || State?.Name === 'shutting-down';
}
