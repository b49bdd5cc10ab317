import { JitError } from '../../src/core/errors/errors.ts';
import { say } from '../../src/core/language/say.ts';
import { type Machine, type MachineId, machineId, providerIdOf } from '../../src/core/machine/machine.ts';
import type { MachineList } from '../../src/core/machine/match.ts';
import { outcomesOf } from '../../src/kit/outcome.ts';
import type { Gcp } from './context.ts';
import { isGone } from './errors.ts';

/** One address of a machine in one network. */
export interface GcpNic {
  /** `nic0` */
  readonly name: string;
  /** The project and the name of its network: in a Shared VPC the project is the host's. */
  readonly project: string;
  readonly network: string;
  readonly ipv4?: string;
  readonly ipv6?: string;
  /** What people reach it by from the Internet. */
  readonly external?: string;
  /** Prefixes of addresses besides: alias ranges, and the block that an IPv6 address is of. */
  readonly blocks: readonly string[];
}

export interface GcpVm {
  readonly machine: Machine;
  /** Compute Engine's numeric ID, as text: another one when the machine is made anew under its name. */
  readonly identity: string;
  readonly nics: readonly GcpNic[];
}

interface Instance {
  readonly id?: string;
  readonly name?: string;
  readonly zone?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly networkInterfaces?: readonly {
    readonly name?: string;
    readonly network?: string;
    readonly networkIP?: string;
    readonly ipv6Address?: string;
    readonly internalIpv6PrefixLength?: number;
    readonly aliasIpRanges?: readonly { readonly ipCidrRange?: string }[];
    readonly accessConfigs?: readonly { readonly natIP?: string }[];
    readonly ipv6AccessConfigs?: readonly {
      readonly externalIpv6?: string;
      readonly externalIpv6PrefixLength?: number;
    }[];
  }[];
}

interface InstancePage {
  readonly items?: Readonly<Record<string, { readonly instances?: readonly Instance[] }>>;
  readonly nextPageToken?: string;
  readonly unreachables?: readonly string[];
}

export interface MachineRef {
  readonly project: string;
  readonly zone: string;
  readonly name: string;
}

export function refOf(machine: MachineId): MachineRef {
  const [project = '', zone = '', name = ''] = providerIdOf(machine).split('/');
  return { project, zone, name };
}

/** The path of a machine in the API. */
export function pathOf(machine: MachineId): string {
  const { project, zone, name } = refOf(machine);
  return `/projects/${project}/zones/${zone}/instances/${name}`;
}

/** All machines of the projects, and what could not be read. */
export async function listMachines(gcp: Gcp, signal: AbortSignal): Promise<MachineList> {
  const { done, failed } = await outcomesOf(gcp.settings.projects, (project) => readProject(gcp, project, signal));
  signal.throwIfAborted();
  for (const { of, error } of failed)
    gcp.log.warn({ project: of, error }, 'the machines of a project could not be read');
  return {
    all: done.flatMap(({ value }) => value.vms.map(({ machine }) => machine)),
    unread: [...failed.map(({ of }) => of), ...done.flatMap(({ value }) => value.unread)],
  };
}

/** All machines of one project; `unread` are zones that did not answer. */
export async function readProject(gcp: Gcp, project: string, signal: AbortSignal) {
  const vms: GcpVm[] = [];
  const unread: string[] = [];
  const path = `/projects/${project}/aggregated/instances`;
  for await (const page of gcp.client.pages<InstancePage>(
    { path, kind: 'instanceAggregatedList', query: { maxResults: '500' } },
    signal,
  )) {
    unread.push(...(page.unreachables ?? []).map((zone) => `${project} ${lastOf(zone)}`));
    for (const { instances = [] } of Object.values(page.items ?? {}))
      vms.push(...instances.flatMap((one) => toVm(project, one) ?? []));
  }
  return { vms, unread };
}

/**
 * One machine, read now; undefined when it is not there. Where something is open already, it is read in a project that was taken out of
 * the settings, too.
 */
export async function findVm(gcp: Gcp, machine: MachineId, signal: AbortSignal): Promise<GcpVm | undefined> {
  const { project } = refOf(machine);
  try {
    return toVm(project, await gcp.client.get<Instance>({ path: pathOf(machine), kind: 'instance' }, signal));
  } catch (error) {
    if (isGone(error, pathOf(machine).slice(`/projects/${project}`.length))) return undefined;
    throw error;
  }
}

/** One in a project of the settings. Throws `notConfigured`, `machineGone`, and `machineUnreachable` for one without an address. */
export async function readVm(gcp: Gcp, machine: MachineId, signal: AbortSignal): Promise<GcpVm> {
  mustBeConfigured(gcp, refOf(machine).project);
  const vm = await findVm(gcp, machine, signal);
  if (!vm) throw new JitError('machineGone', { machine: refOf(machine).name });
  return vm;
}

/** Throws `notConfigured` for a project that the settings do not name (any more). */
export function mustBeConfigured({ settings }: Gcp, project: string): void {
  if (!settings.projects.includes(project))
    throw new JitError('notConfigured', { where: say`the Google Cloud project ${project}` });
}

function toVm(
  project: string,
  { id = '', name = '', zone = '', labels, networkInterfaces = [] }: Instance,
): GcpVm | undefined {
  const own = machineId('gcp', `${project}/${lastOf(zone)}/${name}`);
  if (!own) return undefined;
  const nics = networkInterfaces.map((nic): GcpNic => {
    const [ipv6, external] = [
      nic.ipv6AccessConfigs?.[0]?.externalIpv6 || nic.ipv6Address,
      nic.accessConfigs?.find(({ natIP }) => natIP)?.natIP,
    ];
    return {
      name: nic.name ?? 'nic0',
      project: /projects\/([^/]+)\//.exec(nic.network ?? '')?.[1] ?? project,
      network: lastOf(nic.network ?? 'default'),
      ...(nic.networkIP ? { ipv4: nic.networkIP } : {}),
      ...(ipv6 ? { ipv6 } : {}),
      ...(external ? { external } : {}),
      blocks: [
        ...(nic.aliasIpRanges ?? []).flatMap(({ ipCidrRange }) => ipCidrRange ?? []),
        ...(nic.ipv6Address ? [`${nic.ipv6Address}/${nic.internalIpv6PrefixLength ?? 128}`] : []),
        ...(nic.ipv6AccessConfigs ?? []).flatMap(({ externalIpv6, externalIpv6PrefixLength = 128 }) =>
          externalIpv6 ? [`${externalIpv6}/${externalIpv6PrefixLength}`] : [],
        ),
      ],
    };
  });
  const where = lastOf(zone);
  return {
    identity: id,
    nics,
    machine: {
      id: own,
      name,
      tags: labels ?? {},
      location: `${project}, ${where}`,
      region: where.slice(0, where.lastIndexOf('-')),
      ...(nics[0] ? { network: nics[0].network } : {}),
    },
  };
}

export function lastOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
