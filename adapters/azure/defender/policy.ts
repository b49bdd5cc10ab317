import type { JitNetworkAccessPortRule } from '@azure/arm-security';
import { JitError } from '../../../src/core/errors/errors.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/core/language/instant.ts';
import { say } from '../../../src/core/language/say.ts';
import { type MachineId, providerIdOf } from '../../../src/core/machine/machine.ts';
import type { ProtectedPort } from '../../../src/ports/cloud.ts';
import type { Subscription } from '../arm/clients.ts';
import { type ArmId, part, partsOf } from '../arm/ids.ts';
import { orGone } from '../arm/machine.ts';
import type { NsgRule } from '../arm/nsg-rules.ts';
import type { PlainPath } from '../arm/plain.ts';
import { type JitPolicy, type PolicyMachine, toPolicy } from './policy-wire.ts';

/** Where a policy is; its name is `default` unless somebody chose another. */
export interface PolicyRef {
  readonly group: string;
  readonly location: string;
  readonly name: string;
}

/** As @azure/arm-security 5 has it. */
const VERSION = '2020-01-01';
/** A list of policies carries all their records. */
const LIST_MS = 30 * SECOND_MS;

export function policyRef(id: ArmId): PolicyRef {
  const { group, name } = partsOf(id);
  return { group, location: part(id, 'locations'), name };
}

/** Does a rule of Defender's say that it was written for this machine, under this policy? Its name is all that is left of one that is gone. */
export function isWrittenFor(
  { description }: Pick<NsgRule, 'description'>,
  { policy, machine }: { readonly policy: ArmId; readonly machine: MachineId },
): boolean {
  const ending = `for policy '${policyRef(policy).name}' of vm '${partsOf(providerIdOf(machine)).name}'.`;
  return description.toLowerCase().endsWith(ending.toLowerCase());
}

export function policyPath(site: Subscription, { group, location, name }: PolicyRef): PlainPath {
  return pathIn(site, `/resourceGroups/${group}`, `/locations/${location}`, `/${name}`);
}

function pathIn({ id }: Subscription, group: string, location = '', name = ''): PlainPath {
  const path = `/subscriptions/${id}${group}/providers/Microsoft.Security${location}/jitNetworkAccessPolicies${name}`;
  return { path, version: VERSION };
}

/** One policy with its records, or undefined when it is gone, or the plan that it belongs to. */
export async function readPolicy(
  site: Subscription,
  ref: PolicyRef,
  signal: AbortSignal,
): Promise<JitPolicy | undefined> {
  const said = await orGone(site.read(signal, ({ plain }, options) => plain.get(policyPath(site, ref), options)));
  if (said === undefined) return undefined;
  const policy = toPolicy(said, site.unreadable);
  if (!policy)
    throw new JitError('policyUnclear', { policy: ref.name, why: say`what Azure says of it cannot be read` });
  return policy;
}

/** Every policy of the subscription. */
export function allPolicies(site: Subscription, signal: AbortSignal): Promise<readonly JitPolicy[]> {
  return policiesIn(site, '', signal);
}

/** Those of one resource group. */
export function policiesOfGroup(site: Subscription, group: string, signal: AbortSignal): Promise<readonly JitPolicy[]> {
  return policiesIn(site, `/resourceGroups/${group}`, signal);
}

async function policiesIn(site: Subscription, within: string, signal: AbortSignal): Promise<readonly JitPolicy[]> {
  const all = await site.read(signal, ({ plain }, options) => plain.list(pathIn(site, within), options), LIST_MS);
  return all.flatMap((said) => toPolicy(said, site.unreadable) ?? []);
}

/** The policy that holds a machine, most likely one of its own resource group. A machine can be in one only. */
export async function policyHolding(
  site: Subscription,
  machine: MachineId,
  signal: AbortSignal,
): Promise<JitPolicy | undefined> {
  const { group } = partsOf(providerIdOf(machine));
  const holds = (policy: JitPolicy) => entryOf(policy, machine) !== undefined;
  return (await policiesOfGroup(site, group, signal)).find(holds) ?? (await allPolicies(site, signal)).find(holds);
}

/** What a policy says of one machine. */
export function entryOf({ machines }: JitPolicy, machine: MachineId): PolicyMachine | undefined {
  return machines.find((one) => one.machine === machine);
}

/** The ports of an entry as we know them; those that cannot be read are left out. */
export function protectedPorts({ ports }: PolicyMachine): readonly ProtectedPort[] {
  return ports.flatMap(({ known }) => known ?? []);
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
