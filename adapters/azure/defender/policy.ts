import type { JitNetworkAccessPolicy, JitNetworkAccessPortRule } from '@azure/arm-security';
import { JitError } from '../../../src/core/errors/errors.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/core/language/instant.ts';
import { type MachineId, machineId, providerIdOf } from '../../../src/core/machine/machine.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { parseSource } from '../../../src/core/rule/source.ts';
import type { ProtectedPort } from '../../../src/ports/cloud.ts';
import type { Subscription } from '../arm/clients.ts';
import { type ArmId, part, partsOf } from '../arm/ids.ts';
import { orGone } from '../arm/machine.ts';

/** Where a policy is; its name is `default` unless somebody chose another. */
export interface PolicyRef {
  readonly group: string;
  readonly location: string;
  readonly name: string;
}

type PolicyVm = JitNetworkAccessPolicy['virtualMachines'][number];

/** A list of policies carries all their records. */
const LIST_MS = 30 * SECOND_MS;

export function policyRef(id: ArmId): PolicyRef {
  const { group, name } = partsOf(id);
  return { group, location: part(id, 'locations'), name };
}

/** The id of a policy in lower case. */
export function policyIdOf({ id = '' }: JitNetworkAccessPolicy): ArmId {
  return id.toLowerCase();
}

/** One policy with its records, or undefined when it is gone, or the plan that it belongs to. */
export async function readPolicy(
  site: Subscription,
  { group, location, name }: PolicyRef,
  signal: AbortSignal,
): Promise<JitNetworkAccessPolicy | undefined> {
  return orGone(
    site.read(signal, ({ security }, options) => security.jitNetworkAccessPolicies.get(group, location, name, options)),
  );
}

/** Every policy of the subscription. */
export function allPolicies(site: Subscription, signal: AbortSignal): Promise<readonly JitNetworkAccessPolicy[]> {
  return site.read(
    signal,
    ({ security }, options) => Array.fromAsync(security.jitNetworkAccessPolicies.list(options)),
    LIST_MS,
  );
}

/** The policy that holds a machine, most likely one of its own resource group. A machine can be in one only. */
export async function policyHolding(
  site: Subscription,
  machine: MachineId,
  signal: AbortSignal,
): Promise<JitNetworkAccessPolicy | undefined> {
  const { group } = partsOf(providerIdOf(machine));
  const near = await site.read(
    signal,
    ({ security }, options) => Array.fromAsync(security.jitNetworkAccessPolicies.listByResourceGroup(group, options)),
    LIST_MS,
  );
  const holds = (policy: JitNetworkAccessPolicy) => entryOf(policy, machine) !== undefined;
  return near.find(holds) ?? (await allPolicies(site, signal)).find(holds);
}

/** What a policy says of one machine. */
export function entryOf(policy: JitNetworkAccessPolicy, machine: MachineId): PolicyVm | undefined {
  return policy.virtualMachines.find(({ id }) => machineId('azure', id) === machine);
}

/**
 * The ports of an entry as we know them. One that is for all protocols (the portal's default) is asked for as TCP: it has
 * one number, one rule and one record, whatever the protocol. What cannot be read is left out, since no source means any.
 */
export function protectedPorts({ ports }: PolicyVm): readonly ProtectedPort[] {
  return ports.flatMap((wire) => {
    const given = wire.allowedSourceAddressPrefixes ?? [wire.allowedSourceAddressPrefix ?? ''];
    const sources = given.includes('*') ? [] : given.map(parseSource);
    const longestMs = durationMs(wire.maxRequestAccessDuration);
    if (longestMs === undefined || sources.some((source) => source === undefined)) return [];
    return [{ port: portOf(wire), sources: sources.filter((source) => source !== undefined), longestMs }];
  });
}

export function portOf({ number, protocol }: Pick<JitNetworkAccessPortRule, 'number' | 'protocol'>): Port {
  return { number, protocol: protocol === 'UDP' ? 'udp' : 'tcp' };
}

/** A port as a policy takes it: five minutes to a day, given in whole minutes. */
export function toWire({ port, sources, longestMs }: ProtectedPort): JitNetworkAccessPortRule {
  const minutes = Math.floor(Math.min(Math.max(longestMs, 5 * MINUTE_MS), 24 * HOUR_MS) / MINUTE_MS);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const [only = '*', ...more] = sources;
  return {
    number: port.number,
    protocol: port.protocol === 'udp' ? 'UDP' : 'TCP',
    maxRequestAccessDuration: `PT${hours > 0 ? `${hours}H` : ''}${rest > 0 ? `${rest}M` : ''}`,
    ...(more.length > 0 ? { allowedSourceAddressPrefixes: [...sources] } : { allowedSourceAddressPrefix: only }),
  };
}

/** An ISO 8601 duration of days, hours, minutes and seconds in milliseconds; undefined when it is none. */
function durationMs(text: string): number | undefined {
  const match = /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
  if (!match) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((digits) => Number(digits ?? 0));
  return (days * 24 + hours) * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS;
}

/** Undefined instead of an error when the subscription has no Defender plan any more: then there are no policies. */
export async function orNoPlan<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isNoPlan(error)) return undefined;
    throw error;
  }
}

export function isNoPlan(error: unknown): boolean {
  return error instanceof JitError && error.code === 'noPlan';
}
