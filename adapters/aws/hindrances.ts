import type { Instance, InstanceNetworkInterface } from '@aws-sdk/client-ec2';
import { JitError } from '../../src/core/errors/errors.ts';
import { familyOf, sourceText } from '../../src/core/rule/source.ts';
import type { MachineState } from '../../src/ports/cloud.ts';
import type { Aws } from './ec2/context.ts';
import { servedInterfaces } from './ec2/security-group.ts';
import type { Site } from './ec2/sites.ts';
import { deniedByAcl, unanswered } from './reach/hindrances.ts';
import type { InstanceAddress, SubnetFacts } from './reach/model.ts';
import { Subnets } from './reach/subnets.ts';

/** An interface that the machine is opened on, with what is around it. */
interface Served {
  readonly addresses: readonly InstanceAddress[];
  readonly around: SubnetFacts;
}

const subnetsOf = new WeakMap<Site, Subnets>();

/** What is around the subnets of a site; the same for all who ask. */
export function subnetsAt({ now }: Pick<Aws, 'now'>, site: Site): Subnets {
  const known = subnetsOf.get(site) ?? new Subnets(site, now);
  subnetsOf.set(site, known);
  return known;
}

/** What would keep people out although it was opened to them: the network ACLs and the routes of the machine's subnets. */
export async function hindrancesOf(
  aws: Aws,
  site: Site,
  { instance, name }: { readonly instance: Instance; readonly name: string },
  signal: AbortSignal,
): Promise<Required<Pick<MachineState, 'keptOut' | 'warnings'>>> {
  const known = subnetsAt(aws, site);
  const served = await Promise.all(
    servedInterfaces(instance).map(async (nic): Promise<Served> => {
      const around = await known.of(nic.SubnetId ?? '', nic.VpcId ?? '', signal);
      return { addresses: addressesOf(nic), around };
    }),
  );
  return {
    warnings: [...new Set(served.flatMap(warningsOf))],
    keptOut(port, source) {
      const reached = served.filter(({ addresses }) => addresses.some(({ family }) => family === familyOf(source)));
      const denying = reached.map(({ around }) => deniedByAcl(around, port, source));
      const [acl] = denying;
      if (acl === undefined || denying.includes(undefined)) return undefined;
      return new JitError('deniedByAcl', { acl, machine: name, port: String(port.number), source: sourceText(source) });
    },
  };
}

function warningsOf({ addresses, around: { acl, routes, prefixes } }: Served): readonly string[] {
  const unread = [acl, prefixes].flatMap((one) => ('unknown' in one ? [one.unknown] : []));
  const isPublic = addresses.some(({ family, publicAddress }) => family === 'ipv6' || publicAddress !== undefined);
  return [
    ...unread.map((what) => `Cannot tell who is kept out: ${what} could not be read.`),
    ...('unknown' in routes
      ? isPublic
        ? [`Cannot tell whether people on the Internet get answers: ${routes.unknown} could not be read.`]
        : []
      : addresses.flatMap((one) =>
          unanswered(routes.is, one).map(
            (because) =>
              `People on the Internet may get no answer from ${one.publicAddress ?? one.address}: ${because}.`,
          ),
        )),
  ];
}

/** Its private addresses, with the public one that leads to each. */
export function addressesOf(nic: InstanceNetworkInterface): readonly InstanceAddress[] {
  const { PrivateIpAddresses = [], Ipv6Addresses = [] } = nic;
  return [
    ...PrivateIpAddresses.flatMap(({ PrivateIpAddress: address, Association }): readonly InstanceAddress[] => {
      if (address === undefined) return [];
      const publicAddress = Association?.PublicIp;
      return [{ address, family: 'ipv4', ...(publicAddress === undefined ? {} : { publicAddress }) }];
    }),
    ...Ipv6Addresses.flatMap(({ Ipv6Address: address }): readonly InstanceAddress[] =>
      address === undefined ? [] : [{ address, family: 'ipv6' }],
    ),
  ];
}
