import type { TraceStep } from '../../../src/core/machine/trace.ts';
import { type AddressSet, addressesIn, readAddresses } from '../../../src/core/packet/addresses.ts';
import { possibly, type Unknown, unknownsOf } from '../../../src/core/packet/known.ts';
import { intersection, isWithin } from '../../../src/core/packet/ranges.ts';
import type { OrUnknown } from '../../../src/core/packet/read.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { partsOf } from '../arm/ids.ts';
import { prepareAdmin } from './admin.ts';
import { NO_MANAGER } from './admin-rules.ts';
import { inOrder } from './groups.ts';
import type { NetworkInterfaceFacts, SecurityGroup, Surroundings, WayToMachine } from './model.ts';
import { answers } from './routes.ts';
import { type Packets, sourcesTaken } from './rules.ts';

/** A port that clients connect from. */
const EPHEMERAL = 50_000;

const REQUEST =
  'An approved request opens it, if the port is protected; Drawbridge writes its rule before those that deny.';

/**
 * What a packet from a source meets on a way, in Azure's order: admin rules, the subnet's group, the interface's own, and the
 * routes by which answers leave. Undefined for a source that cannot come by it.
 */
export function traced(
  nic: NetworkInterfaceFacts,
  way: WayToMachine,
  { port, source }: { readonly port: Port; readonly source: string },
): readonly TraceStep[] | undefined {
  const read = readAddresses(source);
  if (read?.family !== way.family) return undefined;
  const denial = way.passage?.denials.find(({ sources }) => isWithin(read.set, sources));
  if (denial) return [denied(denial.rule, way)];
  if (intersection(read.set, possibly(way.clients)).length === 0) return undefined;
  const packets: Packets = { family: way.family, protocol: port.protocol, sourcePort: EPHEMERAL, ...way.seen };
  const { translated } = way;
  const seen = translated ? addressesIn(translated.inside, way.family).set : read.set;
  const admin = adminStep(nic, packets, seen);
  const groups = [nic.subnetGroup, nic.ownGroup].flatMap((group) =>
    group ? [groupStep(group, { packets, around: nic.around, wanted: seen })] : [],
  );
  const isBare = groups.length === 0 && way.unguarded === 'nothing' && !admin?.isFinal;
  return [
    ...(way.passage ? [passing(way, way.passage.rule, read.set)] : arrival(way, read.set)),
    ...(admin ? [admin.step] : []),
    // Where an admin rule denies it, what stands behind would have to let it through as well.
    ...(admin?.isFinal && admin.step.passing === 'passes' ? [] : groups),
    ...(isBare ? [NO_GROUP] : []),
    ...answerSteps(nic, way, read.set),
  ];
}

const NO_GROUP: TraceStep = {
  at: 'public address',
  passing: 'stopped',
  because: 'a standard one lets nothing in where no network security group stands',
  remedy: 'Put a network security group on its subnet or interface; Drawbridge makes none.',
};

/** A rule of the customer's firewall in the way: Drawbridge closes with rules of its own, and changes none of others. */
function denied(rule: string, { name = '' }: WayToMachine): TraceStep {
  return {
    at: `firewall rule ${name}`,
    passing: 'stopped',
    because: `the network rule ${rule} denies it`,
    remedy: 'Whoever manages that firewall has to allow it; Drawbridge changes no rule of others.',
  };
}

function passing({ clients, name = '' }: WayToMachine, rule: string, wanted: AddressSet): TraceStep {
  if (isWithin(wanted, clients.surely))
    return { at: `firewall rule ${name}`, passing: 'passes', because: `${rule} takes it` };
  return { at: `firewall rule ${name}`, passing: 'unknown', because: unknownsOf([clients]).join(', ') };
}

/** Why nobody can tell whether these sources come by it at all. */
function arrival({ clients }: WayToMachine, wanted: AddressSet): readonly TraceStep[] {
  const doubts = isWithin(wanted, clients.surely) ? [] : unknownsOf([clients]);
  return doubts.length > 0 ? [{ at: 'way in', passing: 'unknown', because: doubts.join(', ') }] : [];
}

/** `isFinal`: no group is asked behind it. */
function adminStep(
  { admin, around }: NetworkInterfaceFacts,
  packets: Packets,
  wanted: AddressSet,
): { readonly step: TraceStep; readonly isFinal: boolean } | undefined {
  const at = 'security admin rules';
  if ('unknown' in admin) return { step: { at, passing: 'unknown', because: admin.unknown }, isFinal: false };
  if (admin.is.length === 0) return undefined;
  if (admin.is.includes(NO_MANAGER)) {
    const because = 'drawbridge.yaml says that there are none (azure.networkManagers); they may not be read';
    return { step: { at, passing: 'passes', because }, isFinal: false };
  }
  const { unknowns, decides } = prepareAdmin(admin, packets, around);
  const outcomes = [true, false].map((is) => decides(wanted, new Map(unknowns.map((one) => [one, is]))));
  const decided = outcomes.flat();
  const [first] = decided;
  if (!first || decided.some(({ verdict }) => verdict !== first.verdict))
    return {
      step: {
        at,
        passing: 'unknown',
        because: `${decided.find(({ by }) => by !== undefined)?.by} may be about it: ${doubt(unknowns)}`,
      },
      isFinal: false,
    };
  if (first.verdict === 'deny')
    return {
      step: {
        at,
        passing: 'stopped',
        because: `${first.by} denies it`,
        remedy: 'Whoever manages that network manager has to allow it; Drawbridge cannot.',
      },
      isFinal: true,
    };
  const because =
    first.by === undefined
      ? 'none is about it'
      : `${first.by} ${first.verdict === 'allow' ? 'leaves it to the groups' : 'always allows it'}`;
  return { step: { at, passing: 'passes', because }, isFinal: first.verdict === 'alwaysAllow' };
}

/** Packets of one question, from these sources, and what words of rules mean there. */
interface Question {
  readonly packets: Packets;
  readonly around: Surroundings;
  readonly wanted: AddressSet;
}

function groupStep(group: OrUnknown<SecurityGroup>, { packets, around, wanted }: Question): TraceStep {
  if ('unknown' in group) return { at: 'network security group', passing: 'unknown', because: group.unknown };
  const at = `network security group ${group.is.name}`;
  for (const { name, priority, access, sources } of inOrder(group.is.rules, packets, around)) {
    const decides = `rule ${name} (${priority})`;
    if (isWithin(wanted, sources.surely)) {
      return access === 'deny'
        ? { at, passing: 'stopped', because: `${decides} denies it`, remedy: REQUEST }
        : {
            at,
            passing: 'passes',
            because: `${decides} allows it${seeming(group.is, { before: priority, packets, around, wanted })}`,
          };
    }
    if (intersection(wanted, possibly(sources)).length > 0)
      return { at, passing: 'unknown', because: `${decides} may be about it: ${doubt(unknownsOf([sources]))}` };
  }
  return { at, passing: 'stopped', because: 'no rule allows it', remedy: REQUEST };
}

/** A rule before it that seems to deny it, and is not about it because of its destination: people read sources first. */
function seeming(
  { rules }: SecurityGroup,
  { before, packets, around, wanted }: Question & { readonly before: number },
): string {
  const found = rules.find((rule) => {
    if (rule.access !== 'deny' || rule.priority >= before) return false;
    const anywhere = { ...rule, destinations: ['*'], destinationGroups: [] };
    return isWithin(wanted, sourcesTaken(anywhere, packets, around, true).surely);
  });
  if (!found) return '';
  const to = [...found.destinations, ...found.destinationGroups.map((id) => partsOf(id).name)].join(', ');
  return `; ${found.name} (${found.priority}) does not deny it, as it is for the destination ${to}`;
}

function doubt(unknowns: readonly Unknown[]): string {
  return unknowns.join(', ') || 'it takes a part of these addresses';
}

function answerSteps({ around }: NetworkInterfaceFacts, way: WayToMachine, wanted: AddressSet): readonly TraceStep[] {
  return answers(way, around)
    .filter(({ back, sources }) => back !== 'yes' && intersection(sources, wanted).length > 0)
    .map(({ back, because = '' }) => ({
      at: 'way back',
      passing: back === 'no' ? ('stopped' as const) : ('unknown' as const),
      because,
      ...(back === 'no' ? { remedy: 'A route of its subnet has to lead back; Drawbridge changes no routes.' } : {}),
    }));
}
