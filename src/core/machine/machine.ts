export type CloudName = 'azure' | 'aws' | 'gcp';

/** As people write them. */
export const CLOUD_NAMES: Readonly<Record<CloudName, string>> = { azure: 'Azure', aws: 'AWS', gcp: 'Google Cloud' };

/**
 * A machine's provider id in its one canonical form: `azure:/subscriptions/…/virtualmachines/web-1` (all lower case) or
 * `aws:123456789012:eu-west-1:i-0abc…` or `gcp:my-project/europe-west1-b/web-1`.
 */
export type MachineId = `${CloudName}:${string}`;

export interface Machine {
  readonly id: MachineId;
  /** What people call it: the VM's name, or the Name tag. */
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Where it is, in a few words: `rg-prod, westeurope`. */
  readonly location: string;
  /** The cloud's own name of the region, where the id does not say it: `westeurope`. */
  readonly region?: string;
  /** Id of the VPC or name of the virtual network; absent where it is not known. */
  readonly network?: string;
  /** Organizational units or management groups above it, at any depth; absent where they are not known. */
  readonly units?: readonly string[];
  /** Absent where it is not known. */
  readonly os?: OperatingSystem;
}

export type OperatingSystem = 'linux' | 'windows';

/** Where a machine is, in the clouds' own names, all in lower case. */
export interface Whereabouts {
  /** AWS account. */
  readonly account?: string;
  /** Azure subscription. */
  readonly subscription?: string;
  /** Azure resource group. */
  readonly group?: string;
  /** Google Cloud project. */
  readonly project?: string;
  readonly region?: string;
}

/** The providers' own ids, in lower case. */
const IDS: Readonly<Record<CloudName, RegExp>> = {
  azure: /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.compute\/virtualmachines\/[^/]+$/,
  aws: /^\d{12}:[a-z0-9-]+:i-[0-9a-f]{8,17}$/,
  // "Creating and managing projects"; "Naming resources" of Compute Engine.
  gcp: /^[a-z][a-z0-9-]{4,28}[a-z0-9]\/[a-z]+-[a-z]+\d+-[a-z]\/[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
};

/** Takes an Azure resource id, `account:region:instance` for AWS, or `project/zone/name` for Google Cloud, and gives the canonical machine id. */
export function machineId(cloud: CloudName, providerId: string): MachineId | undefined {
  const id = providerId.trim().toLowerCase();
  return IDS[cloud].test(id) ? `${cloud}:${id}` : undefined;
}

/** Reads `azure:…`, `aws:…` or `gcp:…` back; undefined when it is none. */
export function parseMachineId(text: string): MachineId | undefined {
  const at = text.indexOf(':');
  const cloud = text.slice(0, at).toLowerCase();
  return isCloudName(cloud) ? machineId(cloud, text.slice(at + 1)) : undefined;
}

/** Throws for a text that only says that it is an id: what is not known is no other cloud's. */
export function cloudOf(id: MachineId): CloudName {
  const cloud = id.slice(0, id.indexOf(':'));
  if (!isCloudName(cloud)) throw new TypeError(`no cloud is called ${cloud}`);
  return cloud;
}

/** What stands before the first colon, whether it is a cloud that this version knows or not: for looking at alone. */
export function cloudWordOf(id: string): string {
  return id.slice(0, Math.max(0, id.indexOf(':')));
}

export function whereaboutsOf({ id, region }: Machine): Whereabouts {
  return { ...whereIs(id), ...(region === undefined ? {} : { region }) };
}

/** What the id alone tells: an Azure id names no region. */
export function whereIs(id: MachineId): Whereabouts {
  const own = providerIdOf(id);
  if (cloudOf(id) === 'aws') {
    const [account = '', where = ''] = own.split(':');
    return { account, region: where };
  }
  if (cloudOf(id) === 'gcp') {
    const [project = '', zone = ''] = own.split('/');
    return { project, region: zone.slice(0, zone.lastIndexOf('-')) };
  }
  const [, , subscription = '', , group = ''] = own.split('/');
  return { subscription, group };
}

/** Does it begin as a machine's id does, whatever a version makes of the rest? */
export function isMachineId(text: unknown): text is MachineId {
  if (typeof text !== 'string') return false;
  const at = text.indexOf(':');
  return at < text.length - 1 && isCloudName(text.slice(0, Math.max(0, at)));
}

function isCloudName(text: string): text is CloudName {
  return Object.hasOwn(CLOUD_NAMES, text);
}

/** The provider's own id, without our prefix. */
export function providerIdOf(id: MachineId): string {
  return id.slice(id.indexOf(':') + 1);
}
