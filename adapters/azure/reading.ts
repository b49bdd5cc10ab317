import { type MachineId, providerIdOf } from '../../src/core/machine/machine.ts';
import type { Placement } from '../../src/core/rule/rule.ts';
import { type Azure, siteOf } from './arm/context.ts';
import { readGroup, readVm, type Vm } from './arm/machine.ts';
import { present, readAround } from './arm/reading.ts';
import type { Backend, Knowledge, OwnRules, Seen, SeenPresent } from './backend.ts';
import { ALL_BACKENDS, backendAt, backendOf } from './backends.ts';
import { type Firewalls, NO_FIREWALLS } from './firewall/in-front.ts';
import { type LeadingFirewalls, leadingTo } from './firewall/leading.ts';
import { type Networks, readNetworks } from './reach/networks.ts';
import { orDenied } from './reach/or-unknown.ts';

/** One look at a machine, with what each backend makes of it. */
export interface Look<S extends Seen = Seen> {
  readonly seen: S;
  /** The knowledge of the backend that its subscription has. */
  readonly current: Knowledge;
  /** All rules of ours, whichever backend wrote them. */
  readonly own: OwnRules;
  /** What is around the machine's subnets. */
  readonly networks: Networks;
  /** The firewalls by which packets may come to it. */
  readonly leading: LeadingFirewalls;
}

/** Reads a machine, what stands in front of it, and what is at these placements; once, for all backends. */
export async function readLook(
  azure: Azure,
  machine: MachineId,
  placements: readonly Placement[],
  signal: AbortSignal,
): Promise<Look> {
  const site = siteOf(azure, providerIdOf(machine));
  const current = backendAt(site);
  const of = (backend: Backend) => placements.filter((placement) => backendOf(placement) === backend);
  const begin = (backend: Backend) =>
    backend.begin(azure, { site, machine, placements: of(backend), isCurrent: backend === current }, signal);
  const [vm, ...knowledge] = await Promise.all([readVm(site, machine, signal), ...ALL_BACKENDS.map(begin)]);
  const looking = ALL_BACKENDS.filter((backend) => backend === current || of(backend).length > 0);
  const [reading, firewalls, networks] = await Promise.all([
    readAround(azure, { site, vm, read: groupOrUnread }, placements, signal),
    vm ? firewallsBefore(azure, vm, looking, signal) : NO_FIREWALLS,
    readNetworks(azure, vm?.nics ?? [], signal),
  ]);
  const seen = { ...reading, firewalls };
  // Whatever backend it has: closed is what nobody gets through.
  const leading = vm ? await leadingTo(azure, vm, { known: firewalls, networks }, signal) : new Map();
  const own = await Promise.all(knowledge.map((one) => one.rules(seen, signal)));
  const known = knowledge[ALL_BACKENDS.indexOf(current)];
  if (!known) throw new Error(`the backend of ${site.id} is not registered`);
  return {
    seen,
    current: known,
    own: { ours: own.flatMap(({ ours }) => ours), written: own.flatMap(({ written }) => written) },
    networks,
    leading,
  };
}

/** The same for a machine that has to be there. Throws `machineGone`. */
export async function readPresentLook(
  azure: Azure,
  machine: MachineId,
  signal: AbortSignal,
): Promise<Look<SeenPresent>> {
  const { seen, ...rest } = await readLook(azure, machine, [], signal);
  return { seen: { ...seen, vm: present(seen.vm, machine) }, ...rest };
}

/** What may not be read is missing among what was read, as what the service does not show is. */
async function groupOrUnread(...asked: Parameters<typeof readGroup>): ReturnType<typeof readGroup> {
  return orDenied(readGroup(...asked));
}

async function firewallsBefore(
  azure: Azure,
  vm: Vm,
  looking: readonly Backend[],
  signal: AbortSignal,
): Promise<Firewalls> {
  const all = await Promise.all(looking.map((backend) => backend.firewalls(azure, vm, signal)));
  return new Map(all.flatMap((firewalls) => [...firewalls]));
}
