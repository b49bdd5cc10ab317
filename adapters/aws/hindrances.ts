import type { Instance } from '@aws-sdk/client-ec2';
import { JitError } from '../../src/core/errors/errors.ts';
import type { Unknown } from '../../src/core/packet/known.ts';
import type { OrUnknown } from '../../src/core/packet/read.ts';
import { familyOf, isGroup, sourceText } from '../../src/core/rule/source.ts';
import type { MachineState } from '../../src/ports/cloud.ts';
import type { Aws } from './ec2/context.ts';
import { servedInterfaces } from './ec2/security-group.ts';
import type { Site } from './ec2/sites.ts';
import { diverted } from './reach/evaluate.ts';
import { addressesOf } from './reach/facts.ts';
import { deniedByAcl, isOnInternet, keptOffInternet, unanswered } from './reach/hindrances.ts';
import type { InstanceAddress, SubnetFacts } from './reach/model.ts';
import { subnetsAt } from './subnets.ts';

/** An interface that the machine is opened on, with what is around it. */
interface Served {
  readonly id: string;
  readonly addresses: readonly InstanceAddress[];
  readonly around: SubnetFacts;
  readonly deniesGateway: OrUnknown<boolean>;
  readonly relays?: Unknown;
}

/** What would keep people out although it was opened to them: the network ACLs, routes and gateways of the machine's subnets. */
export async function hindrancesOf(
  aws: Aws,
  site: Site,
  { instance, name }: { readonly instance: Instance; readonly name: string },
  signal: AbortSignal,
): Promise<Required<Pick<MachineState, 'keptOut' | 'warnings'>>> {
  const known = subnetsAt(aws, site);
  const served = await Promise.all(
    servedInterfaces(instance).map(async (nic): Promise<Served> => {
      const { NetworkInterfaceId: id = '', SubnetId = '', VpcId = '' } = nic;
      const addresses = addressesOf(nic);
      const isSix = addresses.some((one) => one.family === 'ipv6' && isOnInternet(one));
      const [around, deniesGateway] = await Promise.all([
        known.of(SubnetId, VpcId, signal),
        isSix ? known.deniesGateway(id, signal) : { is: false },
      ]);
      const relays =
        'is' in around.publicAccess && around.publicAccess.is === 'on'
          ? undefined
          : await known.relaysIn(VpcId, signal);
      return { id, addresses, around, deniesGateway, ...(relays === undefined ? {} : { relays }) };
    }),
  );
  return {
    warnings: [...new Set(served.flatMap(warningsOf))],
    keptOut(port, source) {
      // Where its members are is not looked at here.
      if (isGroup(source)) return undefined;
      const reached = served.filter(({ addresses }) => addresses.some(({ family }) => family === familyOf(source)));
      const kept = reached.map((one) => keptOffInternet({ ...one, ...one.around }, source));
      const denying = reached.map(({ around }) => deniedByAcl(around, port, source));
      const isOut = reached.every((_, i) => kept[i] !== undefined || denying[i] !== undefined);
      if (reached.length === 0 || !isOut) return undefined;
      const acl = denying.find((one) => one !== undefined);
      const because = kept.find((one) => one !== undefined);
      const said = { machine: name, source: sourceText(source) };
      if (because !== undefined) return new JitError('shutToInternet', { ...said, because });
      return new JitError('deniedByAcl', { ...said, acl: acl ?? '', port: String(port.number) });
    },
  };
}

function warningsOf(served: Served): readonly string[] {
  const { id, addresses, around, deniesGateway } = served;
  const { acl, routes, prefixes, publicAccess, edge } = around;
  const unread = [acl, prefixes].flatMap((one) => ('unknown' in one ? [one.unknown] : []));
  const outside = addresses.filter(isOnInternet);
  if (outside.length === 0) return unread.map(unreadText);
  const untold = [
    ...('unknown' in publicAccess ? [publicAccess.unknown] : []),
    ...('unknown' in deniesGateway ? [deniesGateway.unknown] : []),
    ...('unknown' in edge ? [] : outside.flatMap(({ address }) => diverted({ edge }, address))),
  ];
  return [
    ...unread.map(unreadText),
    ...[...new Set(untold)].map(
      (what) => `Cannot tell whether people on the Internet get in, as it is not known ${what}.`,
    ),
    ...outside.flatMap((one) => {
      const because = keptOffInternet({ id, ...around, deniesGateway, addresses: [one] });
      return because === undefined ? [] : [`People on the Internet do not get to ${shownAs(one)}: ${because}.`];
    }),
    ...('unknown' in routes
      ? [`Cannot tell whether people on the Internet get answers: ${routes.unknown} could not be read.`]
      : outside.flatMap((one) =>
          unanswered(routes.is, one).map(
            (because) => `People on the Internet may get no answer from ${shownAs(one)}: ${because}.`,
          ),
        )),
  ];
}

function unreadText(what: Unknown): string {
  return `Cannot tell who is kept out: ${what} could not be read.`;
}

function shownAs({ address, publicAddress }: InstanceAddress): string {
  return publicAddress ?? address;
}
