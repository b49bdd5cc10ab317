import type { Defender } from './defender.ts';
import { newEtag } from './history.ts';
import { createBalancerHands } from './human-balancers.ts';
import { createMemberHands } from './human-members.ts';
import { createNetworkHands } from './human-network.ts';
import { readInitiate } from './jit.ts';
import { makeRule, type RuleSpec, ruleProperties } from './machines.ts';
import { type JitPolicy, type Nsg, type Pricing, type Rule, type Snapshot, sameId, type Vm } from './model.ts';
import { scaleSetHands } from './scale-sets.ts';
import type { Simulation } from './simulation.ts';

/** A request that somebody makes in the portal, past our program. */
interface PortalRequest {
  readonly machine: string;
  readonly port: number;
  readonly source: string;
  readonly minutes: number;
  readonly requestor: string;
  readonly justification?: string;
}

/** What people with rights in the subscription do by hand; names are those of the resources. */
export function createHuman(sim: Simulation, defender: Defender) {
  const { world } = sim;

  /** What a name or an id names; everything happens after what was due before it. */
  function pick<T extends { readonly id: string; readonly name: string }>(
    all: (view: Snapshot) => ReadonlyMap<string, T>,
    name: string,
  ): T {
    world.settle();
    const found = [...all(world.current).values()].find((e) => sameId(e.name, name) || sameId(e.id, name));
    if (!found) throw new Error(`nothing in the simulated subscription is called ${name}`);
    return found;
  }
  const vmOf = (name: string): Vm => pick((view) => view.vms, name);
  const nsgOf = (name: string): Nsg => pick((view) => view.nsgs, name);
  const setRules = (nsg: Nsg, rules: readonly Rule[]) => world.put('nsgs', { ...nsg, rules, etag: newEtag() });

  return {
    ...createNetworkHands(sim, pick),
    ...createMemberHands(sim, pick),
    ...createBalancerHands(sim, pick),
    ...scaleSetHands(sim),
    /** Deletes a machine; its interfaces, groups and policy entry stay, as in Azure. */
    deleteVm(name: string): void {
      const vm = vmOf(name);
      for (const nic of world.current.nics.values()) {
        if (sameId(nic.vmId, vm.id)) world.put('nics', { ...nic, vmId: undefined });
      }
      world.remove('vms', vm.id);
    },
    /** Deletes a machine and makes it anew under its name, on the same interfaces: it has another `vmId` then. */
    remakeVm(name: string): void {
      const vm = vmOf(name);
      world.put('vms', { ...vm, createdMs: vm.createdMs + 1_000 });
    },
    stopVm(name: string): void {
      world.put('vms', { ...vmOf(name), power: 'deallocated' });
    },
    startVm(name: string): void {
      world.put('vms', { ...vmOf(name), power: 'running' });
    },
    setTags(name: string, tags: Readonly<Record<string, string>>): void {
      world.put('vms', { ...vmOf(name), tags });
    },
    /** Adds a rule to a group, in place of one with the same name. */
    addRule(nsgName: string, spec: RuleSpec, writer: Rule['writer'] = 'customer'): void {
      const nsg = nsgOf(nsgName);
      setRules(nsg, [...nsg.rules.filter((r) => !sameId(r.name, spec.name)), makeRule(spec, writer)]);
    },
    /** Changes a rule by hand, whoever wrote it. */
    editRule(nsgName: string, ruleName: string, change: Partial<Rule['properties']>): void {
      const nsg = nsgOf(nsgName);
      const edited = nsg.rules.map((r) =>
        sameId(r.name, ruleName) ? { ...r, etag: newEtag(), properties: { ...r.properties, ...change } } : r,
      );
      setRules(nsg, edited);
    },
    /** The last PUT of a rule ended as failed, whether it counts or not. */
    failRule(nsgName: string, ruleName: string, failed: 'inForce' | 'notInForce'): void {
      const nsg = nsgOf(nsgName);
      setRules(
        nsg,
        nsg.rules.map((r) => (sameId(r.name, ruleName) ? { ...r, failed } : r)),
      );
    },
    removeRule(nsgName: string, ruleName: string): void {
      const nsg = nsgOf(nsgName);
      setRules(
        nsg,
        nsg.rules.filter((r) => !sameId(r.name, ruleName)),
      );
    },
    /** A Terraform or Bicep run that knows only these rules: all others are gone. */
    replaceRules(nsgName: string, specs: readonly RuleSpec[]): void {
      setRules(
        nsgOf(nsgName),
        specs.map((spec) => ({
          name: spec.name,
          etag: newEtag(),
          writer: 'customer',
          properties: ruleProperties(spec),
        })),
      );
    },
    /** Gives an interface another group, or none. */
    setNicNsg(nicName: string, nsgName: string | undefined): void {
      const nic = pick((view) => view.nics, nicName);
      world.put('nics', { ...nic, nsgId: nsgName === undefined ? undefined : nsgOf(nsgName).id });
    },
    /** Gives a subnet another group, or none. */
    setSubnetNsg(subnetName: string, nsgName: string | undefined): void {
      const subnet = pick((view) => view.subnets, subnetName);
      world.put('subnets', { ...subnet, nsgId: nsgName === undefined ? undefined : nsgOf(nsgName).id });
    },
    /** Attaches one more interface to a machine, like one that it has, with its own address and group. */
    addNic(
      vmName: string,
      like: string,
      { privateIp, nsg }: { readonly privateIp: string; readonly nsg: string },
    ): void {
      const vm = vmOf(vmName);
      const first = pick((view) => view.nics, like);
      const name = `${like}-2`;
      const id = first.id.replace(/[^/]+$/, name);
      const addresses = [{ privateIp, applicationGroupIds: [] }];
      world.put('nics', { ...first, id, name, nsgId: nsgOf(nsg).id, addresses });
      world.put('vms', { ...vm, nicIds: [...vm.nicIds, id] });
    },
    /** Deletes a group and takes it off whatever it was on. */
    deleteNsg(name: string): void {
      const nsg = nsgOf(name);
      for (const nic of world.current.nics.values()) {
        if (sameId(nic.nsgId, nsg.id)) world.put('nics', { ...nic, nsgId: undefined });
      }
      for (const subnet of world.current.subnets.values()) {
        if (sameId(subnet.nsgId, nsg.id)) world.put('subnets', { ...subnet, nsgId: undefined });
      }
      world.remove('nsgs', nsg.id);
    },
    /** Changes the Defender plan of the subscription's machines. */
    setPlan(pricingTier: Pricing['pricingTier'], subPlan?: Pricing['subPlan']): void {
      world.put('pricings', { ...pick((view) => view.pricings, 'VirtualMachines'), pricingTier, subPlan });
    },
    /** Changes what a policy says, past everybody's checks. */
    editPolicy(name: string, edit: (policy: JitPolicy) => JitPolicy): void {
      defender.applyPolicy(edit(pick((view) => view.policies, name)));
    },
    /** Somebody writes a policy without its records. */
    forgetRecords(name: string): void {
      const { id } = pick((view) => view.policies, name);
      for (const request of world.current.requests.values())
        if (sameId(request.policyId, id)) world.put('requests', { ...request, hidden: true });
    },
    /** Asks for access in the portal; refused as the portal's own call would be. */
    initiate(request: PortalRequest): void {
      const vm = vmOf(request.machine);
      const policy = [...world.current.policies.values()].find((p) =>
        p.virtualMachines.some((v) => sameId(v.id, vm.id)),
      );
      if (!policy) throw new Error(`${request.machine} is in no policy`);
      const { port: number, source, minutes } = request;
      const ports = [{ number, duration: `PT${minutes}M`, allowedSourceAddressPrefixes: [source] }];
      const { accesses } = readInitiate(sim, policy, { virtualMachines: [{ id: vm.id, ports }] }, source);
      defender.initiate(policy, request.requestor, request.justification, accesses);
    },
  };
}

export type Human = ReturnType<typeof createHuman>;
