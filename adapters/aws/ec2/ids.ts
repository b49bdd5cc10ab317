import { JitError } from '../../../src/core/errors/errors.ts';
import { type MachineId, machineId, providerIdOf } from '../../../src/core/machine/machine.ts';
import { CLOUD } from '../errors.ts';

/** One account in one region: where a client, an instance and a security group live. */
export interface AccountRegion {
  readonly account: string;
  readonly region: string;
}

export interface InstanceRef extends AccountRegion {
  /** `i-…` */
  readonly instance: string;
}

export interface GroupRef extends AccountRegion {
  /** `sg-…` */
  readonly group: string;
}

/** As people know it: `123456789012, eu-west-1`. */
export function nameOf({ account, region }: AccountRegion): string {
  return `${account}, ${region}`;
}

function three(text: string): readonly [string, string, string] {
  const [account, region, id] = text.split(':');
  if (!account || !region || !id) throw new JitError('cloudRefused', { cloud: CLOUD, code: 'MalformedId' });
  return [account, region, id];
}

/** Reads `aws:123456789012:eu-west-1:i-0abc…`. */
export function instanceRef(machine: MachineId): InstanceRef {
  const [account, region, instance] = three(providerIdOf(machine));
  return { account, region, instance };
}

export function machineAt({ account, region }: AccountRegion, instance: string): MachineId | undefined {
  return machineId('aws', `${account}:${region}:${instance}`);
}

/** Reads what a placement is `at`: `123456789012:eu-west-1:sg-0abc…`. */
export function groupRef(at: string): GroupRef {
  const [account, region, group] = three(at);
  return { account, region, group };
}

/** What a placement in this group is `at`. */
export function groupAt({ account, region }: AccountRegion, group: string): string {
  return `${account}:${region}:${group}`;
}
