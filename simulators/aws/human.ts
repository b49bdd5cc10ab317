import { launch, type MachineSpec, putRule, type RuleSpec, toTags } from './fixture.ts';
import { removeGroup } from './groups.ts';
import { type NetworkHuman, networkHuman } from './human-network.ts';
import type { Interface } from './model.ts';
import { newId, type Reading, type Region } from './region.ts';
import type { AwsWorld } from './world.ts';

/** What people do in the console while the program runs. Names and ids that do not exist are the caller's bug. */
export interface Human extends NetworkHuman {
  /** Terminates a machine: its interfaces and addresses go with it. */
  terminate(instanceId: string): void;
  /** Stops a machine: its public address goes. */
  stop(instanceId: string): void;
  /** Starts a machine: it gets another public address than before. */
  start(instanceId: string): void;
  /** Launches a new machine; gives its instance id. */
  launch(spec: MachineSpec): string;
  /** “Launch more like this”, or a template made of a machine: a new one with all groups of that one's first interface. */
  launchMoreLike(instanceId: string, spec: Pick<MachineSpec, 'name' | 'privateIp' | 'publicIp'>): string;
  /** Adds a rule to a group, by id or name; gives the rule's id. */
  addRule(group: string, rule: RuleSpec): string;
  removeRule(ruleId: string): void;
  /** Puts another list of groups, by id or name, on an interface. */
  editGroups(interfaceId: string, groups: readonly string[]): void;
  /** Lets a service (a load balancer, a function) have an interface with these groups, by id or name; gives its id. */
  addService(spec: ServiceSpec): string;
  /** Deletes a group, its rules, and its place on every interface. */
  deleteGroup(group: string): void;
  /** Takes back the sharing of a group, which stays where it is. */
  unshare(group: string): void;
  /** Lets a group be on interfaces of the VPC of a machine, and puts it there in place of all it has. */
  associate(group: string, instanceId: string): void;
  /** Puts these tags on a resource in place of all it had. */
  setTags(id: string, tags: Readonly<Record<string, string>>): void;
  /** Lets a service of AWS manage an interface: nobody else may change it. */
  setManaged(interfaceId: string): void;
}

/** An interface that a service of AWS made. */
export interface ServiceSpec {
  /** `ELB app/front/50dc6c495c0c9188` */
  readonly description: string;
  /** `network_load_balancer`, `lambda`; a plain `interface` unless told. */
  readonly type?: string;
  readonly privateIp: string;
  readonly groups: readonly string[];
}

type Kind = keyof Reading;

/** One event's `detail`, as CloudTrail gives it for the call. */
export type Tell = (account: string, region: string, detail: object) => void;

/** `changed` is called after everything that somebody does, and `tell` for what CloudTrail records of it. */
export function createHuman(world: AwsWorld, changed: () => void, tell: Tell): Human {
  const record = (region: Region, eventName: string, requestParameters: object): void => {
    // CloudTrail user guide, "CloudTrail record contents for management events".
    const userIdentity = { type: 'IAMUser', arn: `arn:aws:iam::${region.account}:user/deployer` };
    const userAgent = 'APN/1.0 HashiCorp/1.0 Terraform/1.9.8';
    const sourceIPAddress = '203.0.113.77';
    const eventSource = 'ec2.amazonaws.com';
    const detail = { eventSource, eventName, userIdentity, sourceIPAddress, userAgent, requestParameters };
    tell(region.account, region.name, detail);
  };
  let addresses = 100;

  const find = <K extends Kind>(kind: K, id: string): Region => {
    const region = [...world.regions()].find((one) => one[kind].get(id));
    if (!region) throw new Error(`The simulated AWS has no ${id} among its ${kind}`);
    return region;
  };
  const findGroup = (group: string): { region: Region; id: string } => {
    for (const region of world.regions()) {
      const found = region.groups.get(group) ?? region.groups.by('name', group)[0];
      if (found) return { region, id: found.id };
    }
    throw new Error(`The simulated AWS has no security group ${group}`);
  };
  const setPublicIps = (region: Region, instanceId: string, next: (one: Interface) => string | undefined) => {
    for (const one of region.interfaces.by('instance', instanceId))
      region.interfaces.put({ ...one, publicIp: next(one) });
  };
  /** Each thing that a person does: what is due happens first, and everybody is told after. */
  const act = <A extends unknown[], R>(run: (...args: A) => R) => {
    return (...args: A): R => {
      world.settle();
      const result = run(...args);
      changed();
      return result;
    };
  };
  const setState = (instanceId: string, state: 'running' | 'stopped' | 'terminated'): Region => {
    const region = find('instances', instanceId);
    const instance = region.instances.get(instanceId);
    const terminatedMs = state === 'terminated' ? world.now() : undefined;
    if (instance) region.instances.put({ ...instance, state, terminatedMs });
    tell(region.account, region.name, { 'instance-id': instanceId, state });
    return region;
  };

  return {
    ...networkHuman(world, act),
    terminate: act((instanceId) => {
      const region = setState(instanceId, 'terminated');
      for (const one of region.interfaces.by('instance', instanceId)) region.interfaces.remove(one.id);
    }),
    stop: act((instanceId) => setPublicIps(setState(instanceId, 'stopped'), instanceId, () => undefined)),
    start: act((instanceId) => {
      const region = setState(instanceId, 'running');
      if (!region.instances.get(instanceId)?.wantsPublicIp) return;
      addresses += 1;
      setPublicIps(region, instanceId, (one) =>
        one.deviceIndex === 0 && !one.card ? `198.51.100.${addresses}` : undefined,
      );
    }),
    launch: act((spec) => {
      const regions = [...world.regions()];
      const region = regions.find(
        (one) => (spec.account ?? one.account) === one.account && (spec.region ?? one.name) === one.name,
      );
      if (!region) throw new Error(`The simulated AWS has no region ${spec.account}/${spec.region}`);
      return launch(region, spec, world.now());
    }),
    launchMoreLike: act((instanceId, spec) => {
      const region = find('instances', instanceId);
      const first = region.interfaces.by('instance', instanceId).find((one) => one.deviceIndex === 0 && !one.card);
      const groups = (first?.groups ?? []).flatMap((id) => region.groups.get(id) ?? []);
      const { account, name } = region;
      return launch(region, { ...spec, account, region: name, groups }, world.now());
    }),
    addRule: act((group, rule) => {
      const { region, id } = findGroup(group);
      record(region, 'AuthorizeSecurityGroupIngress', { groupId: id });
      return putRule(region, id, rule);
    }),
    removeRule: act((ruleId) => {
      const region = find('rules', ruleId);
      record(region, 'RevokeSecurityGroupIngress', { groupId: region.rules.get(ruleId)?.groupId });
      region.rules.remove(ruleId);
    }),
    editGroups: act((interfaceId, groups) => {
      const region = find('interfaces', interfaceId);
      const one = region.interfaces.get(interfaceId);
      record(region, 'ModifyNetworkInterfaceAttribute', { networkInterfaceId: interfaceId });
      if (one) region.interfaces.put({ ...one, groups: groups.map((group) => findGroup(group).id) });
    }),
    unshare: act((group) => {
      const { region, id } = findGroup(group);
      const found = region.groups.get(id);
      if (found) region.groups.put({ ...found, isHidden: true });
    }),
    addService: act(({ groups, ...spec }) => {
      const [first = ''] = groups;
      const { region } = findGroup(first);
      const [subnet] = region.subnets.all();
      if (!subnet) throw new Error('The simulated AWS has no subnet there');
      const id = newId('eni');
      region.interfaces.put({
        ...spec,
        id,
        seq: region.nextSeq(),
        tags: new Map(),
        instanceId: '',
        deviceIndex: 1,
        attachmentId: newId('ela-attach'),
        attachedMs: world.now(),
        subnetId: subnet.id,
        vpcId: subnet.vpcId,
        ipv6: [],
        groups: groups.map((group) => findGroup(group).id),
        requesterManaged: true,
        sourceDestCheck: true,
      });
      return id;
    }),
    deleteGroup: act((group) => {
      const { region, id } = findGroup(group);
      for (const one of region.interfaces.by('group', id))
        region.interfaces.put({ ...one, groups: one.groups.filter((other) => other !== id) });
      removeGroup(region, id);
    }),
    associate: act((group, instanceId) => {
      const { region, id } = findGroup(group);
      const row = region.groups.get(id);
      const vpcId = region.instances.get(instanceId)?.vpcId ?? '';
      if (row) region.groups.put({ ...row, associated: [...(row.associated ?? []), vpcId] });
      for (const one of region.interfaces.by('instance', instanceId)) region.interfaces.put({ ...one, groups: [id] });
    }),
    setTags: act((id, tags) => {
      for (const region of world.regions())
        for (const table of [region.instances, region.groups, region.rules, region.interfaces]) {
          const row = table.get(id);
          if (!row) continue;
          // The row goes back to the table it came from, which the compiler cannot follow through the loop.
          return (table as { put(row: unknown): void }).put({ ...row, tags: toTags(tags) });
        }
      throw new Error(`The simulated AWS has no ${id}`);
    }),
    setManaged: act((interfaceId) => {
      const region = find('interfaces', interfaceId);
      const one = region.interfaces.get(interfaceId);
      if (one) region.interfaces.put({ ...one, requesterManaged: true });
    }),
  };
}
