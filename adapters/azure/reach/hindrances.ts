import { publicAddresses, readAddresses } from '../../../src/core/packet/addresses.ts';
import { intersection } from '../../../src/core/packet/ranges.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { prepareAdmin } from './admin.ts';
import { waysInto } from './evaluate.ts';
import type { NetworkInterfaceFacts } from './model.ts';
import { answers } from './routes.ts';

/**
 * The admin rule that keeps a source from a port, whatever the groups let in; undefined where none does. What a tag may hold is
 * taken to be in it: whether somebody gets past such a rule, they would find out too late.
 */
export function deniedBefore(nic: NetworkInterfaceFacts, port: Port, source: string): string | undefined {
  const wanted = readAddresses(source);
  const way = wanted && waysInto(nic, port).find(({ family }) => family === wanted.family);
  if (!way || 'unknown' in nic.admin) return undefined;
  const packets = { family: way.family, protocol: port.protocol, sourcePort: 0, ...way.seen };
  const { unknowns, decides } = prepareAdmin(nic.admin, packets, nic.around);
  const decided = decides(wanted.set, new Map(unknowns.map((unknown) => [unknown, true])));
  return decided.every(({ verdict }) => verdict === 'deny') ? decided[0]?.by : undefined;
}

/** Why answers to people on the Internet may not get there, as the end of a sentence: each cause once. */
export function unanswered(nic: NetworkInterfaceFacts, port: Port): readonly string[] {
  const causes = waysInto(nic, port)
    .filter(({ kind, family }) => kind === 'publicAddress' && family === 'ipv4')
    .flatMap((way) => answers(way, nic.around))
    .filter(({ back, sources }) => back !== 'yes' && intersection(sources, publicAddresses('ipv4')).length > 0)
    .flatMap(({ because }) => because ?? []);
  return [...new Set(causes)];
}
