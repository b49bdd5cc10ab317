import type { Defender } from './defender.ts';
import { guardOf } from './defender-firewall.ts';
import { canReach, placesOf } from './defender-rules.ts';
import { badRequest, Refusal, resourceNotFound } from './errors.ts';
import { publicAddresses } from './firewalls.ts';
import {
  allows,
  checkPorts,
  checkSource,
  durationMs,
  type InitiateBody,
  initiateBody,
  type PolicyBody,
  policyBody,
} from './jit-schema.ts';
import { type JitAccess, type JitPolicy, type JitVm, type Snapshot, sameId } from './model.ts';
import type { Call } from './route.ts';
import { parseBody, parseKept } from './rule-schema.ts';
import type { Simulation } from './simulation.ts';

export const TYPE = 'Microsoft.Security/locations/jitNetworkAccessPolicies';

/** Name of the policy and of the machine share the description of a rule (just-in-time-access-usage). */
const LONGEST_NAMES = 56;
const MINUTE_MS = 60_000;

/** Id of the policy that a call names. */
function idOf(call: Call): string {
  const group = call.param('resourceGroupName');
  const location = call.param('ascLocation').toLowerCase();
  const security = `/subscriptions/${call.param('subscriptionId')}/resourceGroups/${group}/providers/Microsoft.Security`;
  return `${security}/locations/${location}/jitNetworkAccessPolicies/${call.param('policyName')}`;
}

/** The policy that a call names, if it is there. */
export function policyAt(call: Call, view: Snapshot): JitPolicy | undefined {
  return view.policies.get(idOf(call).toLowerCase());
}

export function findPolicy(call: Call, view: Snapshot): JitPolicy {
  const policy = policyAt(call, view);
  if (!policy) throw resourceNotFound(TYPE, call.param('policyName'), call.param('resourceGroupName'));
  return policy;
}

/** Checks one machine of a policy that is being written. */
function checkMachine(vm: JitVm, policy: JitPolicy, view: Snapshot): void {
  const machine = view.vms.get(vm.id.toLowerCase());
  const before = view.policies.get(policy.id.toLowerCase());
  const known = before?.virtualMachines.some((v) => sameId(v.id, vm.id));
  // A deleted machine stays in its policy until somebody takes it out, so that others can still be merged into it.
  if (!machine && !known) throw badRequest(`The virtual machine '${vm.id}' was not found.`, 'ResourceNotFound');
  const name = vm.id.slice(vm.id.lastIndexOf('/') + 1);
  if (policy.name.length + name.length > LONGEST_NAMES) {
    const message = `The names of the policy '${policy.name}' and the virtual machine '${name}' are longer than ${LONGEST_NAMES} characters together.`;
    throw badRequest(message);
  }
  if (machine && !sameId(machine.location, policy.location)) {
    throw badRequest(`The virtual machine '${name}' is in '${machine.location}', not in '${policy.location}'.`);
  }
  if (machine && !sameId(machine.resourceGroup, policy.resourceGroup)) {
    throw badRequest(`The virtual machine '${name}' is not in the resource group '${policy.resourceGroup}'.`);
  }
  const other = [...view.policies.values()].find(
    (p) => !sameId(p.id, policy.id) && p.virtualMachines.some((v) => sameId(v.id, vm.id)),
  );
  if (other) throw badRequest(`The virtual machine '${name}' is already in the policy '${other.name}'.`);
  const guard = guardOf(view, vm.id);
  if (machine && !guard && placesOf(view, vm.id).length === 0) {
    const message = `The virtual machine '${name}' has neither a network security group nor a supported firewall.`;
    throw badRequest(message);
  }
  const { publicIpAddress } = vm;
  if (guard && publicIpAddress !== undefined && !publicAddresses(view, guard.firewall).includes(publicIpAddress)) {
    throw badRequest(`'${publicIpAddress}' is no public address of the firewall of the virtual machine '${name}'.`);
  }
  checkPorts(vm.ports);
}

/** Takes out of the history what the body leaves out; rules that those requests opened still go at their end. */
function rewriteHistory(sim: Simulation, policy: JitPolicy, echoed: PolicyBody['properties']['requests']): void {
  if (!echoed && sim.behaviour.keepRequestsOnPut) return;
  const named = new Set((echoed ?? []).map((r) => `${Date.parse(r.startTimeUtc)}|${r.requestor}`));
  for (const request of sim.world.current.requests.values()) {
    if (!sameId(request.policyId, policy.id)) continue;
    const hidden = !named.has(`${request.startMs}|${request.requestor}`);
    if (hidden !== request.hidden) sim.world.put('requests', { ...request, hidden });
  }
}

/** PUT of a policy: the whole object is replaced. */
export function putPolicy(call: Call, sim: Simulation, defender: Defender): JitPolicy {
  const view = sim.world.current;
  const before = policyAt(call, view);
  // The records are the service's own.
  const { parsed: body, extra } = parseKept(policyBody, call.body, before?.extra);
  const policy: JitPolicy = {
    id: before?.id ?? idOf(call),
    name: before?.name ?? call.param('policyName'),
    resourceGroup: call.param('resourceGroupName'),
    location: call.param('ascLocation').toLowerCase(),
    virtualMachines: body.properties.virtualMachines,
    appendMode: body.properties.appendMode ?? false,
    extra,
  };
  const claims = [
    [body.id, policy.id],
    [body.name, policy.name],
    [body.type, TYPE],
    [body.location, policy.location],
  ] as const;
  for (const [given, real] of claims) {
    if (given !== undefined && !sameId(given, real)) {
      throw badRequest(`The body says '${given}' where the path says '${real}'.`, 'InvalidRequestContent');
    }
  }
  if (new Set(policy.virtualMachines.map((v) => v.id.toLowerCase())).size < policy.virtualMachines.length) {
    throw badRequest('A virtual machine is in the policy more than once.');
  }
  for (const vm of policy.virtualMachines) checkMachine(vm, policy, view);
  rewriteHistory(sim, policy, body.properties.requests);
  defender.applyPolicy(policy);
  return policy;
}

type InitiatePort = InitiateBody['virtualMachines'][number]['ports'][number];

function endOf(wanted: InitiatePort, nowMs: number): number {
  if ((wanted.endTimeUtc === undefined) === (wanted.duration === undefined)) {
    throw badRequest(`Port ${wanted.number} needs an endTimeUtc.`, 'InvalidRequestContent');
  }
  return wanted.duration === undefined ? Date.parse(wanted.endTimeUtc ?? '') : nowMs + durationMs(wanted.duration);
}

function checkAccess(
  sim: Simulation,
  vm: JitVm,
  wanted: InitiatePort,
  callerAddress: string,
): Omit<JitAccess, 'status' | 'statusReason'> {
  const { world, behaviour } = sim;
  const name = vm.id.slice(vm.id.lastIndexOf('/') + 1);
  const configured = vm.ports.find((p) => p.number === wanted.number);
  if (!configured) {
    throw badRequest(`Port ${wanted.number} is not configured in the policy of the virtual machine '${name}'.`);
  }
  if (wanted.allowedSourceAddressPrefix !== undefined && wanted.allowedSourceAddressPrefixes !== undefined) {
    throw badRequest('allowedSourceAddressPrefix and allowedSourceAddressPrefixes are mutually exclusive.');
  }
  // Without a source, the request is for the address that the call comes from.
  const plural = wanted.allowedSourceAddressPrefixes !== undefined;
  const sources = wanted.allowedSourceAddressPrefixes ?? [wanted.allowedSourceAddressPrefix ?? callerAddress];
  for (const source of sources) {
    checkSource(source);
    if (!allows(configured, source)) {
      const message = `The source address prefix '${source}' for port ${wanted.number} of '${name}' is not a subset of policy allowed source address prefixes.`;
      throw badRequest(message);
    }
    const guard = guardOf(world.current, vm.id);
    const places = [...placesOf(world.current, vm.id), ...(guard ? [guard] : [])];
    if (places.length > 0 && !places.some(({ privateIp }) => canReach(source, privateIp))) {
      const message = `The source '${source}' and the address of the virtual machine '${name}' are of different families.`;
      throw badRequest(message, 'SecurityRuleInvalidAddressPrefix');
    }
  }
  const endMs = endOf(wanted, world.nowMs);
  const lastsMs = endMs - world.nowMs;
  if (lastsMs <= 0 || lastsMs < behaviour.minimumMinutes * MINUTE_MS) {
    throw badRequest(`The end of the request for port ${wanted.number} must be at least 5 minutes ahead.`);
  }
  if (lastsMs > durationMs(configured.maxRequestAccessDuration)) {
    const message = `The request for port ${wanted.number} is longer than the policy's ${configured.maxRequestAccessDuration}.`;
    throw badRequest(message);
  }
  return { vmId: vm.id, number: wanted.number, protocol: configured.protocol, sources, plural, endMs };
}

/** Checks an initiate against the policy; all of it is refused when one port is. */
export function readInitiate(sim: Simulation, policy: JitPolicy, body: unknown, callerAddress: string) {
  const { virtualMachines, justification } = parseBody(initiateBody, body);
  const accesses = virtualMachines.flatMap(({ id, ports }) => {
    const vm = policy.virtualMachines.find((v) => sameId(v.id, id));
    if (!vm) throw badRequest(`The virtual machine '${id}' is not in the policy '${policy.name}'.`);
    if (!sim.world.current.vms.has(id.toLowerCase())) {
      throw new Refusal(404, 'ResourceNotFound', `The virtual machine '${id}' was not found.`);
    }
    return ports.map((wanted) => checkAccess(sim, vm, wanted, callerAddress));
  });
  return { accesses, justification };
}
