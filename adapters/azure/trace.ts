import type { Trace, TracedWay, TraceStep } from '../../src/core/machine/trace.ts';
import { readAddresses } from '../../src/core/packet/addresses.ts';
import { intersection } from '../../src/core/packet/ranges.ts';
import type { Rule } from '../../src/core/rule/rule.ts';
import type { Azure } from './arm/context.ts';
import type { Nic, Vm } from './arm/machine.ts';
import { evaluate, waysInto } from './reach/evaluate.ts';
import { factsOf } from './reach/facts.ts';
import { waysThrough } from './reach/firewall.ts';
import type { NetworkInterfaceFacts, WayToMachine } from './reach/model.ts';
import { traced } from './reach/trace.ts';
import { readPresentLook } from './reading.ts';

/** What a packet meets on each way to a port of a machine, as everything is now. */
export async function trace(azure: Azure, { machine, port, source }: Rule, signal: AbortSignal): Promise<Trace> {
  const { seen, networks, leading } = await readPresentLook(azure, machine, signal);
  const { vm, groups, firewalls } = seen;
  const power = powerStep(vm);
  const ways = vm.nics.flatMap((nic): readonly TracedWay[] => {
    const firewall = firewalls.get(nic.id);
    return factsOf(nic, groups, networks, firewall !== undefined).flatMap((part) =>
      [...waysInto(part, port), ...(leading.get(nic.id) ?? []).flatMap((one) => waysThrough(one, part, port))]
        .filter((way) => isReal(nic, way))
        .flatMap((way): readonly TracedWay[] => {
          const steps =
            way.unread === undefined ? traced(part, way, { port, source }) : unreadSteps(part, way, { port, source });
          return steps ? [{ to: placeText(way), steps: [...steps, ...power] }] : [];
        }),
    );
  });
  return { machine: vm.machine, ways: [...new Map(ways.map((way) => [JSON.stringify(way), way])).values()] };
}

/** What may lead there, and could not be read: nothing to tell of where the filters stop it all the same. */
function unreadSteps(
  part: NetworkInterfaceFacts,
  way: WayToMachine,
  { port, source }: Pick<Rule, 'port' | 'source'>,
): readonly TraceStep[] | undefined {
  const wanted = readAddresses(source);
  if (way.unread === undefined || wanted?.family !== way.family) return undefined;
  const { mayOpen } = evaluate(part, way, port);
  if (!mayOpen.some(({ sources }) => intersection(sources, wanted.set).length > 0)) return undefined;
  return [{ at: 'load balancer', passing: 'unknown', because: way.unread }];
}

function powerStep({ runs }: Vm): readonly TraceStep[] {
  if (runs) return [];
  const remedy = 'Start it in Azure; Drawbridge starts no machines.';
  return [{ at: 'machine', passing: 'stopped', because: 'it is not running', remedy }];
}

/** Of public addresses those that are there: whether one could be given to it is another question. */
function isReal({ configurations }: Nic, { kind, seen }: WayToMachine): boolean {
  if (kind !== 'publicAddress') return true;
  return configurations.some(
    ({ address, publicAddress }) => address === seen.destination && publicAddress !== undefined,
  );
}

function placeText({ kind, address, port, unread }: WayToMachine): string {
  if (unread !== undefined) return 'what could not be read';
  switch (kind) {
    case 'network':
      return `${address}, over the network`;
    case 'publicAddress':
      return `public address ${address}`;
    case 'forwarded':
      return `load balancer ${address}:${port}`;
    case 'firewall':
      return `firewall ${address}:${port}`;
  }
}
