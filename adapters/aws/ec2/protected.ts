import type { Instance } from '@aws-sdk/client-ec2';
import { JitError } from '../../../src/core/errors/errors.ts';
import type { Machine, MachineId } from '../../../src/core/machine/machine.ts';
import type { Protection } from '../../../src/ports/cloud.ts';
import type { Aws } from './context.ts';
import { instanceRef } from './ids.ts';
import { toMachine } from './machines.ts';
import { attachedJitGroup, protectionOf, readGroup } from './security-group.ts';
import type { Site } from './sites.ts';

/** A machine's instance as EC2 shows it now, with what protects it. */
export interface ProtectedMachine {
  readonly site: Site;
  readonly instance: Instance;
  readonly machine: Machine;
  /** The machine's own group, on its primary interface. */
  readonly jitGroup?: string;
  readonly protection?: Protection;
}

/** Throws `machineGone`. A protection that cannot be read is none, and is logged. */
export async function readProtected(aws: Aws, id: MachineId, signal: AbortSignal): Promise<ProtectedMachine> {
  const ref = instanceRef(id);
  const site = aws.sites.find(ref);
  const instance = await site?.now.instance(ref.instance, signal);
  const machine = site && instance && toMachine(site, instance);
  if (!site || !instance || !machine) throw new JitError('machineGone', { machine: ref.instance });
  const jitGroup = attachedJitGroup(instance, aws.installation);
  if (jitGroup === undefined) return { site, instance, machine };
  const protection = protectionOf(await readGroup(site, jitGroup, signal), aws.installation);
  if (!protection) aws.log.warn({ machine: id, group: jitGroup }, 'the protection of a machine cannot be read');
  return { site, instance, machine, jitGroup, ...(protection ? { protection } : {}) };
}
