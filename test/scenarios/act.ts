import { channels, people } from '../../simulators/world.ts';
import { parseDuration } from '../../src/core/language/duration.ts';
import type { World } from './world.ts';

type Json = Readonly<Record<string, unknown>>;
type Person = (typeof people)['requester'];

/** Carries out one line of a transcript: `ada slack> /jit list`, `grace teams> [Deny] not now`, `time> +1h`, `azure> delete web-1`. */
export async function act(world: World, line: string): Promise<void> {
  const [, who = '', what = ''] = /^(.*?)>\s*(.*)$/.exec(line) ?? [];
  const [first = '', second = ''] = who.split(' ');
  if (who === 'time') return pass(world, what);
  if (who === 'patrol') return world.patrol();
  if (who === 'digest') return world.digest();
  if (who === 'azure' || who === 'aws') return human(world, who, what);
  const person = Object.values(people).find(({ id }) => id === first);
  if (!person) throw new Error(`nobody is called ${first}`);
  if (second === 'slack')
    return what.startsWith('[') ? pressInSlack(world, person, what) : typeInSlack(world, person, what);
  if (second === 'teams')
    return what.startsWith('[') ? pressInTeams(world, person, what) : sayInTeams(world, person, what);
  throw new Error(`cannot do: ${line}`);
}

/** Time moves in steps, so that what falls due on the way happens on the way. */
async function pass(world: World, text: string): Promise<void> {
  const ms = parseDuration(text.replace('+', ''));
  if (ms === undefined) throw new Error(`no duration: ${text}`);
  const steps = Math.min(240, Math.max(1, Math.ceil(ms / 30_000)));
  for (let i = 0; i < steps; i += 1) {
    world.clock.advance(Math.round(ms / steps));
    await world.work();
  }
}

async function typeInSlack(world: World, person: Person, text: string): Promise<void> {
  await world.services.slack.command(person.slackId, channels.slack.id, text);
}

async function sayInTeams(world: World, person: Person, text: string): Promise<void> {
  const [, where, said] = /^(#)?(.*)$/.exec(text) ?? [];
  await world.services.teams.say(person.entraId, where ? 'channel' : 'personal', said ?? '');
}

/** `[Deny] reason`: presses the newest such button that the person sees, and fills in the modal that it opens. */
async function pressInSlack(world: World, person: Person, text: string): Promise<void> {
  const [, title = '', given = ''] = /^\[([^\]]+)\]\s*(.*)$/.exec(text) ?? [];
  const { slack } = world.services;
  for (const channel of [...slack.state(person.slackId).channels].reverse()) {
    for (const message of [...channel.messages].reverse()) {
      const button = buttonsOf(message.blocks).find((one) => (one.text as Json | undefined)?.text === title);
      if (!button) continue;
      await slack.press(person.slackId, channel.id, message.ts, String(button.action_id));
      if (given) await fillInSlack(world, person, given);
      return;
    }
  }
  throw new Error(`${person.id} sees no button “${title}” in Slack`);
}

/** Fills the open modal: `Label=value; Label=value`, or one text for its only input. */
export async function fillInSlack(world: World, person: Person, text: string): Promise<void> {
  const { slack } = world.services;
  const view = await eventually(world, () => slack.state(person.slackId).views[person.slackId]?.at(-1));
  const inputs = (view.blocks as readonly Json[]).filter((block) => block.type === 'input');
  const pairs = text.includes('=')
    ? text.split(/;\s*/).map((pair) => pair.split('=') as [string, string])
    : [['', text] as [string, string]];
  const filled: Record<string, Record<string, string | string[]>> = {};
  for (const [label, value] of pairs) {
    const block = inputs.find((input) => label === '' || String((input.label as Json).text).startsWith(label));
    if (!block) throw new Error(`the form has no “${label}”`);
    const element = block.element as Json;
    const chosen = optionsOf(element, value);
    filled[String(block.block_id)] = {
      [String(element.action_id)]: /multi|checkboxes/.test(String(element.type)) ? chosen : (chosen[0] ?? ''),
    };
  }
  await slack.submitView(person.slackId, view.id, filled);
}

/** Option values by the words that are shown; plain inputs take the words themselves. */
function optionsOf(element: Json, words: string): string[] {
  const options = (element.options as readonly Json[] | undefined) ?? [];
  if (options.length === 0) return [words];
  return words
    .split(/,\s*/)
    .map((word) =>
      String(options.find((option) => String((option.text as Json).text).startsWith(word))?.value ?? word),
    );
}

async function pressInTeams(world: World, person: Person, text: string): Promise<void> {
  const [, title = '', reason = ''] = /^\[([^\]]+)\]\s*(.*)$/.exec(text) ?? [];
  const { teams } = world.services;
  const state = teams.state();
  const own = state.personal.find((chat) => chat.entraId === person.entraId)?.activities ?? [];
  const channel = state.channel.threads.flatMap((thread) => thread.activities);
  for (const activity of [...channel, ...own].reverse()) {
    const card = activity.cardsFor[person.entraId] ?? activity.cards[0];
    const execute = card ? executesOf(card).find((one) => one.title === title) : undefined;
    if (!execute) continue;
    const inputs = reason ? { inputs: Object.fromEntries(inputIds(card).map((id) => [id, reason])) } : {};
    await teams.execute(person.entraId, activity.id, { verb: String(execute.verb), title, ...inputs });
    return;
  }
  throw new Error(`${person.id} sees no button “${title}” in Teams`);
}

/** Things that people do in a cloud behind our back. */
async function human(world: World, cloud: 'azure' | 'aws', what: string): Promise<void> {
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
  if (cloud === 'azure' && verb === 'unlock') return azure.human.removeLock(machine);
  if (cloud === 'azure' && verb === 'flush') return azure.human.setFlushConnection(machine, rest[1] !== 'off');
  if (cloud === 'azure' && verb === 'translate') return translate(world, rest);
  if (cloud === 'aws' && verb === 'share') return share(world, rest);
  if (cloud === 'aws' && verb === 'like') return launchLike(world, rest);
  if (cloud === 'aws' && verb === 'apply') return apply(world, rest);
  if (cloud === 'aws' && verb === 'refer') return refer(world, rest);
  if (cloud === 'aws' && verb === 'launch') return launch(world, rest);
  if (cloud === 'aws' && verb === 'allow') return allowInIam(world, rest);
  if (cloud === 'aws' && verb === 'terminate') return void aws.human.terminate(instanceOf(world, machine));
  throw new Error(`cannot do in ${cloud}: ${what}`);
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

/** `launch mdc-1 defender-jit-1`: a new machine with one security group, which is empty. */
function launch({ services }: World, [name = '', group = '']: readonly string[]): void {
  services.aws.human.launch({ name, privateIp: '10.1.0.77', groups: [{ name: group }] });
}

/** `allow ada ec2-instance-connect:OpenTunnel env=prod`: what a person may do by IAM; nothing without an action. */
function allowInIam({ services }: World, [who = '', action, tag]: readonly string[]): void {
  const [key = '', value = ''] = tag?.split('=') ?? [];
  const tags = tag === undefined ? {} : { tags: { [key]: value } };
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

function buttonsOf(blocks: readonly Json[]): readonly Json[] {
  return blocks
    .flatMap((block) => (Array.isArray(block.elements) ? (block.elements as Json[]) : [block.accessory as Json]))
    .filter((element) => element?.type === 'button');
}

function executesOf(value: unknown): readonly Json[] {
  if (Array.isArray(value)) return value.flatMap(executesOf);
  if (typeof value !== 'object' || value === null) return [];
  const own = (value as Json).type === 'Action.Execute' ? [value as Json] : [];
  return [...own, ...Object.values(value).flatMap(executesOf)];
}

function inputIds(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(inputIds);
  if (typeof value !== 'object' || value === null) return [];
  const { type, id } = value as Json;
  const own = typeof type === 'string' && type.startsWith('Input.') ? [String(id)] : [];
  return [...own, ...Object.values(value).flatMap(inputIds)];
}

/** Waits, without polling, until something is there: it is looked for after every change. */
export function eventually<T>(world: World, look: () => T | undefined, mostMs = 5_000): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      stop();
      reject(new Error('what was waited for did not come'));
    }, mostMs);
    const check = () => {
      const found = look();
      if (found === undefined) return;
      clearTimeout(late);
      stop();
      resolve(found);
    };
    const stop = world.services.onChange(check);
    check();
  });
}
