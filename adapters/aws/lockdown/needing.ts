import { type Port, portText, samePort } from '../../../src/core/rule/port.ts';
import type { Aws } from '../ec2/context.ts';
import { instanceRef, machineAt } from '../ec2/ids.ts';
import { attachedGroups, attachedJitGroup, protectionOf, readGroup } from '../ec2/security-group.ts';
import type { Site } from '../ec2/sites.ts';
import { tagsOf } from '../ec2/tags.ts';
import type { CopyRecord, RuleRecord } from './record.ts';
import { interfacesOf } from './survey.ts';

/** Machines that are protected at these ports and share what was closed. */
export type Needing = readonly { readonly name: string; readonly ports: readonly Port[] }[];

export function stillNeeded(ports: readonly Port[], needing: Needing): readonly Port[] {
  return ports.filter((port) => needing.some((one) => one.ports.some((known) => samePort(known, port))));
}

/** `22 in security group web stays closed while web-2 is protected.` */
export function waiting(ports: readonly Port[], needing: Needing, group: string): readonly string[] {
  const needed = stillNeeded(ports, needing);
  if (needed.length === 0) return [];
  const names = needing.filter((one) => stillNeeded(needed, [one]).length > 0).map(({ name }) => name);
  const list = needed.map(portText).join(', ');
  return [
    `${list} in security group ${group} stays closed while ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} protected.`,
  ];
}

/** For a rule all machines on its group; for a copy the one that has it. */
export async function needingIn(
  { aws, site, signal }: { readonly aws: Aws; readonly site: Site; readonly signal: AbortSignal },
  kept: RuleRecord | CopyRecord,
): Promise<Needing> {
  const shared = kept.kind === 'rule' ? await interfacesOf(site, kept.group, signal) : [];
  const named = kept.machines.map((machine) => instanceRef(machine).instance);
  const ids = new Set([...named, ...shared.flatMap(({ Attachment }) => Attachment?.InstanceId ?? [])]);
  const needing = await Promise.all(
    [...ids].map(async (id) => {
      const instance = await site.now.instance(id, signal);
      const jitGroup = instance && attachedJitGroup(instance, aws.installation);
      if (!instance || jitGroup === undefined || !machineAt(site, id)) return [];
      // A machine that left the group needs nothing of it.
      if (kept.kind === 'rule' && !attachedGroups(instance).has(kept.group)) return [];
      const protection = protectionOf(await readGroup(site, jitGroup, signal), aws.installation);
      const ports = (protection?.ports ?? []).map(({ port }) => port);
      return [{ name: tagsOf(instance.Tags).Name || id, ports }];
    }),
  );
  return needing.flat();
}
