import { people } from '../../simulators/world.ts';
import { flows } from './flows.ts';
import { sessions } from './sessions.ts';
import type { World } from './world.ts';

/** Things that people do in a cloud behind our back. */
export async function human(world: World, cloud: 'azure' | 'aws', what: string): Promise<void> {
  const [verb, ...rest] = what.split(' ');
  const { azure, aws } = world.services;
  if (verb === 'fault') {
    const [operation = '', kind = '', times = '1'] = rest;
    const faults = {
      throttle: { kind: 'throttle', retryAfterSeconds: 1 },
      lostReply: { kind: 'lostReply' },
      reset: { kind: 'reset' },
      denied: deniedBy(cloud),
    } as const;
    const fault = faults[kind as keyof typeof faults];
    (cloud === 'azure' ? azure : aws).faults.add(
      operation,
      fault,
      times === 'ever' ? Number.POSITIVE_INFINITY : Number(times),
    );
    return;
  }
  if (verb === 'clear') return (cloud === 'azure' ? azure : aws).faults.clear();
  const [machine = ''] = rest;
  if (cloud === 'azure' && verb === 'delete') return void azure.human.deleteVm(machine);
  if (cloud === 'azure' && verb === 'remake') return void azure.human.remakeVm(machine);
  if (cloud === 'azure' && verb === 'stop') return void azure.human.stopVm(machine);
  if (cloud === 'azure' && verb === 'plan') return void azure.human.setPlan(machine as never);
  if (cloud === 'azure' && (verb === 'role' || verb === 'eligible' || verb === 'unassign' || verb === 'deny'))
    return access(world, verb, rest);
  if (cloud === 'azure' && verb === 'lock')
    return azure.human.setLock(machine, rest[1] === 'ReadOnly' ? 'ReadOnly' : 'CanNotDelete', rest[2]);
  if (cloud === 'azure' && verb === 'admin') return admin(world, rest);
  if (cloud === 'azure' && verb === 'unlock') return azure.human.removeLock(machine);
  if (cloud === 'azure' && verb === 'flush') return azure.human.setFlushConnection(machine, rest[1] !== 'off');
  if (cloud === 'azure' && verb === 'translate') return translate(world, rest);
  if (cloud === 'azure' && verb === 'scaleset') return azure.human.putScaleSet(machine);
  if (cloud === 'azure' && verb === 'nat') return balance(world, rest);
  // `members <subscription> nobody`: it is there, and Drawbridge has no role in it; `move nsgs web-1-nsg <subscription>`.
  if (cloud === 'azure' && verb === 'members')
    return azure.human.setMembers(machine, rest[1] === 'nobody' ? [] : 'everybody');
  if (cloud === 'azure' && verb === 'move')
    return azure.human.moveResource(machine as 'nsgs', rest[1] ?? '', rest[2] ?? '');
  // Somebody opens a port by hand: `rule web-1-nsg 22 0.0.0.0/0`.
  if (verb === 'rule') return openByHand(world, cloud, rest);
  // An interface with another group: `group web-1-nic subnet-db-nsg`.
  if (cloud === 'azure' && verb === 'group') return azure.human.setNicNsg(machine, rest[1]);
  if (cloud === 'aws' && verb === 'share') return share(world, rest);
  if (cloud === 'aws' && verb === 'like') return launchLike(world, rest);
  if (cloud === 'aws' && verb === 'apply') return apply(world, rest);
  if (cloud === 'aws' && verb === 'refer') return refer(world, rest);
  if (cloud === 'aws' && verb === 'launch') return launch(world, rest);
  if (cloud === 'aws' && (verb === 'ready' || verb === 'agent' || verb === 'connect'))
    return sessions(world, verb, rest);
  if (cloud === 'aws' && (verb === 'flowlog' || verb === 'visit' || verb === 'skip')) return flows(world, verb, rest);
  if (cloud === 'aws' && verb === 'acl') return writeAcl(world, rest);
  if (cloud === 'aws' && verb === 'unroute') return aws.human.setRoutes(machine, []);
  if (cloud === 'aws' && verb === 'allow') return allowInIam(world, rest);
  if (cloud === 'aws' && verb === 'terminate') return void aws.human.terminate(instanceOf(world, machine));
  throw new Error(`cannot do in ${cloud}: ${what}`);
}

function openByHand(
  { services }: World,
  cloud: 'azure' | 'aws',
  [group = '', port = '', source = '']: readonly string[],
): void {
  if (cloud === 'azure') services.azure.human.addRule(group, { name: 'by-hand', priority: 333, ports: port, source });
  else services.aws.human.addRule(group, { port: Number(port), source });
}

/** `share launch-wizard-1 batch-1`: somebody puts a machine into a security group besides its own. */
function share({ services }: World, [group = '', machine = '']: readonly string[]): void {
  const { interfaces, instances } = services.aws.state();
  const id = instances.find(({ name }) => name === machine)?.id;
  const nic = interfaces.find(({ instanceId }) => instanceId === id);
  services.aws.human.editGroups(nic?.id ?? '', [...(nic?.groups ?? []), group]);
}

/** `like api-1 api-2`: “launch more like this”, with all groups of the first. */
function launchLike(world: World, [like = '', name = '']: readonly string[]): void {
  world.services.aws.human.launchMoreLike(instanceOf(world, like), {
    name,
    privateIp: name === 'api-2' ? '10.1.0.78' : '10.1.0.79',
  });
}

/** `apply api-1 api`: somebody’s Terraform puts the list of groups that it knows on a machine. */
function apply(world: World, [machine = '', ...groups]: readonly string[]): void {
  const { services } = world;
  const nic = services.aws.state().interfaces.find(({ instanceId }) => instanceId === instanceOf(world, machine));
  services.aws.human.editGroups(nic?.id ?? '', groups);
}

/** `refer batch api-1`: somebody writes a rule into a group that lets in whatever has a machine's own group. */
function refer(world: World, [group = '', machine = '']: readonly string[]): void {
  const { services } = world;
  const own = services.aws.state().groups.find(({ name }) => name.endsWith(instanceOf(world, machine)));
  services.aws.human.addRule(group, { port: 5432, source: own?.id ?? '' });
}

/** `acl public deny 22 203.0.113.0/24`: somebody writes an entry into the network ACL of a subnet, in place of the last one. */
function writeAcl({ services }: World, [subnet = '', action = '', port = '', cidr = '']: readonly string[]): void {
  const ports = { fromPort: Number(port), toPort: Number(port) };
  services.aws.human.putAclEntry(subnet, { number: 90, action: action === 'deny' ? 'deny' : 'allow', cidr, ...ports });
}

/** `launch mdc-1 defender-jit-1`: a new machine with one security group, which is empty. */
function launch({ services }: World, [name = '', group = '']: readonly string[]): void {
  services.aws.human.launch({ name, privateIp: '10.1.0.77', groups: [{ name: group }] });
}

/**
 * `allow ada ec2-instance-connect:OpenTunnel env=prod`: what a person may do by IAM, with a tag or, as in `aws:SourceVpc=vpc-1`, another
 * condition key; nothing without an action.
 */
function allowInIam({ services }: World, [who = '', action, condition]: readonly string[]): void {
  const [key = '', value = ''] = condition?.split('=') ?? [];
  const tags = condition === undefined ? {} : { [key.includes(':') ? 'also' : 'tags']: { [key]: value } };
  const arn = `arn:aws:iam::${services.aws.accountId}:role/${who}`;
  services.aws.setPolicies(arn, action === undefined ? [] : [{ effect: 'Allow', actions: [action], ...tags }]);
}

/** `translate 2222 10.0.0.4:22`: somebody lets a port of the firewall lead to a machine, for everybody. */
function translate({ services }: World, [port = '', to = '']: readonly string[]): void {
  const [address = '', translated = ''] = to.split(':');
  const rule = {
    name: 'everybody',
    protocols: ['TCP'],
    sourceAddresses: ['*'],
    destinationAddresses: ['198.51.100.9'],
    destinationPorts: [port],
    translatedAddress: address,
    translatedPort: translated,
  };
  services.azure.human.putCollection('edge', 'nat', {
    name: 'by-hand',
    priority: 400,
    action: { type: 'Dnat' },
    rules: [rule],
  });
}

/** A load balancer that leads from one of its ports to a machine's: `nat 50001 db-1 22`. */
function balance({ services }: World, [frontendPort, machine, backendPort]: readonly string[]): void {
  const rule = { protocol: 'Tcp', frontendPort: Number(frontendPort), backendPort: Number(backendPort) } as const;
  services.azure.human.putLoadBalancer({
    name: 'balancer',
    frontends: [{ name: 'front', publicIp: '198.51.100.80' }],
    natRules: [{ ...rule, name: 'ssh', frontend: 'front', nic: `${machine}-nic`, floating: false }],
  });
}

/** `role ada requester`, `eligible ada requester`, `unassign ada`, `deny everybody`, all in the whole subscription. */
function access(world: World, verb: 'role' | 'eligible' | 'unassign' | 'deny', rest: readonly string[]): void {
  const { human, subscriptionId } = world.services.azure;
  const scope = `/subscriptions/${subscriptionId}`;
  const [who = '', role = 'requester'] = rest;
  const oid = Object.values(people).find(({ id }) => id === who)?.entraId ?? '';
  const permissions = [
    {
      actions: [
        'Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action',
        'Microsoft.Compute/virtualMachines/read',
      ],
    },
  ];
  human.defineRole('requester', { name: 'Drawbridge requester', permissions });
  if (verb === 'role') human.assignRole(oid, role, scope);
  if (verb === 'eligible') human.makeEligible(oid, role, scope);
  if (verb === 'unassign') human.unassignRoles(oid);
  if (verb === 'deny') {
    const principals = [{ id: '00000000-0000-0000-0000-000000000000', type: 'SystemDefined' }];
    human.deny({ name: 'no way in', scope, permissions: [{ actions: ['Microsoft.Security/*'] }], principals });
  }
}

function deniedBy(cloud: 'azure' | 'aws') {
  return {
    kind: 'error',
    status: 403,
    code: cloud === 'azure' ? 'AuthorizationFailed' : 'UnauthorizedOperation',
    message: 'secret detail of the service',
  } as const;
}

function instanceOf(world: World, name: string): string {
  const found = world.services.aws.state().instances.find((machine) => machine.name === name);
  if (!found) throw new Error(`no instance is called ${name}`);
  return found.id;
}

/** `admin <name> <access> <port> <source>`: a security admin rule for all networks. */
function admin(
  { services: { azure } }: World,
  [name = '', access = '', port = '', source = '']: readonly string[],
): void {
  const is = access === 'Deny' ? 'Deny' : 'AlwaysAllow';
  azure.human.putAdminRule({ name, access: is, priority: 10, protocol: 'Tcp', sources: [source], ports: [port] });
}
