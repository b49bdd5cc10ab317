export type Cloud = 'azure' | 'aws';

/**
 * A machine's provider id in its one canonical form: `azure:/subscriptions/…/virtualmachines/web-1` (all lower case) or
 * `aws:123456789012:eu-west-1:i-0abc…`.
 */
export type MachineId = `${Cloud}:${string}`;

export interface Machine {
  readonly id: MachineId;
  /** What people call it: the VM's name, or the Name tag. */
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Where it is, in a few words: `rg-prod, westeurope`. */
  readonly location: string;
}

const AZURE = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.compute\/virtualmachines\/[^/]+$/;
const AWS = /^\d{12}:[a-z0-9-]+:i-[0-9a-f]{8,17}$/;

/** Takes an Azure resource id, or `account:region:instance` for AWS, and gives the canonical machine id. */
export function machineId(cloud: Cloud, providerId: string): MachineId | undefined {
  const id = providerId.trim().toLowerCase();
  return (cloud === 'azure' ? AZURE : AWS).test(id) ? `${cloud}:${id}` : undefined;
}

/** Reads `azure:…` or `aws:…` back; undefined when it is neither. */
export function parseMachineId(text: string): MachineId | undefined {
  const at = text.indexOf(':');
  const cloud = text.slice(0, at).toLowerCase();
  return cloud === 'azure' || cloud === 'aws' ? machineId(cloud, text.slice(at + 1)) : undefined;
}

export function cloudOf(id: MachineId): Cloud {
  return id.startsWith('azure:') ? 'azure' : 'aws';
}

/** The provider's own id, without our prefix. */
export function providerIdOf(id: MachineId): string {
  return id.slice(id.indexOf(':') + 1);
}
