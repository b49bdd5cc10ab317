import { JitError } from '../../src/core/errors/errors.ts';
import { sameProtection } from '../../src/core/machine/protection.ts';
import { type Port, parsePort, portText, samePort } from '../../src/core/rule/port.ts';
import { parseSource } from '../../src/core/rule/source.ts';
import { allowedUntil } from '../../src/kit/call.ts';
import type { ProtectedPort, Protection } from '../../src/ports/cloud.ts';
import type { Gcp } from './context.ts';
import { type GcpNic, type GcpVm, refOf } from './machines.ts';
import { deleteRule, insertRule, nameOf, patchRule, readRule, type VpcRule } from './rules.ts';

/** Firewall.description holds 2,048 characters. */
const LONGEST_TEXT = 2048;
const PROTECTS = 'drawbridge/1 protects';

/*
 * VPC networks deny what nothing allows, so there is nothing to close where no rule of others opens: a protection is a record.
 * It is a rule that is disabled, on the machine's own address, and denies its ports; whoever enabled it would close more, never less.
 */

function recordOf(gcp: Gcp, vm: GcpVm): { readonly nic: GcpNic; readonly address: string; readonly name: string } {
  const nic = vm.nics.find(({ ipv4, ipv6 }) => ipv4 ?? ipv6);
  const address = nic?.ipv4 ?? nic?.ipv6;
  if (!nic || address === undefined) throw new JitError('machineUnreachable', { machine: vm.machine.name });
  // By its ID: a machine that is made anew under the name is not protected by what was written for the old one.
  return { nic, address, name: nameOf(gcp.installation, 'p', [vm.machine.id, vm.identity]) };
}

/** The protection of a machine as its record tells it; undefined when there is none. */
export async function readProtection(gcp: Gcp, vm: GcpVm, signal: AbortSignal): Promise<Protection | undefined> {
  const { nic, name } = recordOf(gcp, vm);
  const rule = await readRule(gcp, nic.project, name, signal);
  return rule && protectionIn(rule);
}

function protectionIn({ description = '' }: VpcRule): Protection | undefined {
  const [, text = ''] = description.split(/ protects \S+ /);
  const ports = text.split(' ').map(readPort);
  return ports.length > 0 && ports.every((port) => port !== undefined) ? { ports } : undefined;
}

function readPort(word: string): ProtectedPort | undefined {
  const [, name = '', seconds = '', from = ''] = /^([\d/a-z]+)=(\d{1,9})s((?:@[\da-f.:/]+)*)$/.exec(word) ?? [];
  const [port] = parsePort(name) ?? [];
  const sources = from.split('@').slice(1).map(parseSource);
  if (!port || sources.some((source) => source === undefined)) return undefined;
  return { port, sources: sources.filter((source) => source !== undefined), longestMs: Number(seconds) * 1000 };
}

/** Writes these ports with their limits beside those that stay. */
export async function protect(gcp: Gcp, vm: GcpVm, { ports }: Protection, signal: AbortSignal): Promise<void> {
  const known = (await readProtection(gcp, vm, signal))?.ports ?? [];
  const stay = known.filter(({ port }) => !ports.some((one) => samePort(one.port, port)));
  await write(gcp, vm, { known, wanted: [...ports, ...stay] }, signal);
}

/** Ends it for these ports, or all. */
export async function unprotect(
  gcp: Gcp,
  vm: GcpVm,
  ports: readonly Port[] | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { nic, name } = recordOf(gcp, vm);
  const rule = await readRule(gcp, nic.project, name, signal);
  if (!rule) return;
  const known = protectionIn(rule)?.ports ?? [];
  const stay = ports ? known.filter(({ port }) => !ports.some((one) => samePort(one, port))) : [];
  if (stay.length > 0) return write(gcp, vm, { known, wanted: stay }, signal);
  await deleteRule(gcp, nic.project, name, allowedUntil(signal));
}

async function write(
  gcp: Gcp,
  vm: GcpVm,
  { known, wanted }: { readonly known: readonly ProtectedPort[]; readonly wanted: readonly ProtectedPort[] },
  signal: AbortSignal,
): Promise<void> {
  if (known.length === wanted.length && wanted.every((one) => known.some((other) => sameProtection(one, other))))
    return;
  const { nic, address, name } = recordOf(gcp, vm);
  const sorted = wanted.toSorted((a, b) => a.port.number - b.port.number);
  const words = sorted.map(({ port, sources, longestMs }) =>
    [`${portText(port)}=${Math.floor(longestMs / 1000)}s`, ...sources].join('@'),
  );
  const description = `${PROTECTS} ${refOf(vm.machine.id).name} ${words.join(' ')}`;
  const { length } = description;
  const { id: machine } = vm.machine;
  if (length > LONGEST_TEXT)
    throw new JitError('protectionTooLong', {
      count: words.length,
      machine,
      cloud: 'Google Cloud',
      most: LONGEST_TEXT,
      length,
    });
  const denied = [...Map.groupBy(sorted, ({ port }) => port.protocol)].map(([IPProtocol, those]) => ({
    IPProtocol,
    ports: those.map(({ port }) => String(port.number)),
  }));
  const allowed = allowedUntil(signal);
  const change = { description, denied, disabled: true };
  const rule = { project: nic.project, name };
  if (known.length > 0) return patchRule(gcp, rule, change, allowed);
  const isV6 = address.includes(':');
  const body = {
    ...change,
    name,
    network: `projects/${nic.project}/global/networks/${nic.network}`,
    direction: 'INGRESS',
    priority: 65_534,
    sourceRanges: [isV6 ? '::/0' : '0.0.0.0/0'],
    destinationRanges: [`${address}/${isV6 ? 128 : 32}`],
  };
  // One that cannot be read is written over.
  if (!(await insertRule(gcp, nic.project, body, allowed))) await patchRule(gcp, rule, change, allowed);
}
