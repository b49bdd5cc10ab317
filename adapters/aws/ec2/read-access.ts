import {
  DescribeInternetGatewaysCommand,
  DescribeVpcBlockPublicAccessExclusionsCommand,
  DescribeVpcBlockPublicAccessOptionsCommand,
  type Filter,
  GetManagedPrefixListEntriesCommand,
  type InternetGateway,
  type VpcBlockPublicAccessExclusion,
  type VpcBlockPublicAccessOptions,
} from '@aws-sdk/client-ec2';
import type { Client } from './clients.ts';
import { PAGE, pages } from './read.ts';

/** What VPC Block Public Access says of an account and region. */
export interface BlockPublicAccess {
  readonly options: VpcBlockPublicAccessOptions;
  /** Read only where something is blocked. */
  readonly exclusions: readonly VpcBlockPublicAccessExclusion[];
}

/** GetManagedPrefixListEntries has smaller pages than most. */
const ENTRIES_PAGE = 100;

export function readGateways(
  client: Client,
  filters: readonly Filter[],
  signal: AbortSignal,
): AsyncGenerator<InternetGateway> {
  return pages(async (token) => {
    const input = { ...token, MaxResults: PAGE, Filters: [...filters] };
    const reply = await client.call(signal, (ec2, options) =>
      ec2.send(new DescribeInternetGatewaysCommand(input), options),
    );
    return { items: reply.InternetGateways, next: reply.NextToken };
  });
}

/** VPC Block Public Access of the account and region; undefined where EC2 tells none. */
export async function readBlockPublicAccess(
  client: Client,
  signal: AbortSignal,
): Promise<BlockPublicAccess | undefined> {
  const { VpcBlockPublicAccessOptions: options } = await client.call(signal, (ec2, given) =>
    ec2.send(new DescribeVpcBlockPublicAccessOptionsCommand({}), given),
  );
  if (!options) return undefined;
  if (options.InternetGatewayBlockMode === 'off') return { options, exclusions: [] };
  const exclusions = pages(async (token) => {
    const input = { ...token, MaxResults: PAGE };
    const reply = await client.call(signal, (ec2, given) =>
      ec2.send(new DescribeVpcBlockPublicAccessExclusionsCommand(input), given),
    );
    return { items: reply.VpcBlockPublicAccessExclusions, next: reply.NextToken };
  });
  return { options, exclusions: await Array.fromAsync(exclusions) };
}

/** The prefixes of a prefix list as it is now; undefined where an entry has none. */
export async function readPrefixList(
  client: Client,
  id: string,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const entries = await Array.fromAsync(
    pages(async (token) => {
      const input = { ...token, MaxResults: ENTRIES_PAGE, PrefixListId: id };
      const reply = await client.call(signal, (ec2, options) =>
        ec2.send(new GetManagedPrefixListEntriesCommand(input), options),
      );
      return { items: reply.Entries, next: reply.NextToken };
    }),
  );
  const cidrs = entries.flatMap(({ Cidr }) => Cidr ?? []);
  return cidrs.length === entries.length ? cidrs : undefined;
}
