import type { Instance, NetworkInterface } from '@aws-sdk/client-ec2';
import type { Site } from './sites.ts';
import { tagsOf } from './tags.ts';

/** Whose an interface is: `web-2 (eni-0abc…)`, `network load balancer ELB net/front/50dc6c49 (eni-0abc…)`. */
export async function ownerOf(site: Site, one: NetworkInterface, signal: AbortSignal): Promise<string> {
  const who = (await whoHas(site, one, signal)) ?? ['an interface', one.Description].filter(Boolean).join(' ');
  const { NetworkInterfaceId: id = '' } = one;
  return who.includes(id) ? who : `${who} (${id})`;
}

/** Who these are, as people know them: machines by their names, the rest by what AWS says of them. Each once, sorted. */
export async function namesOf(
  site: Site,
  interfaces: readonly NetworkInterface[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const names = await Promise.all(
    interfaces.map(async (one) => {
      return (await whoHas(site, one, signal)) ?? (one.Description || one.NetworkInterfaceId || '');
    }),
  );
  return [...new Set(names)].sort();
}

/** A machine by its name, a service by its kind; undefined for an interface of no kind that is known. */
async function whoHas(
  site: Site,
  { Attachment, Description, InterfaceType, NetworkInterfaceId }: NetworkInterface,
  signal: AbortSignal,
): Promise<string | undefined> {
  const id = Attachment?.InstanceId;
  if (id !== undefined) return nameOf(await site.now.instance(id, signal)) ?? id;
  if (!InterfaceType || InterfaceType === 'interface') return undefined;
  return `${InterfaceType.replaceAll('_', ' ')} ${Description || NetworkInterfaceId}`;
}

export function nameOf(instance: Instance | undefined): string | undefined {
  return instance && (tagsOf(instance.Tags).Name || instance.InstanceId);
}
