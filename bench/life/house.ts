import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Demo, startDemo } from '../../simulators/demo/start.ts';
import type { Faults } from '../../simulators/shared/faults.ts';
import { channels, people } from '../../simulators/world.ts';
import { serve } from '../child.ts';
import { inTurns } from '../in-turns.ts';
import { servicesOf } from './services.ts';
import type { Calls, House, Lives, Posted, Sample } from './shared.ts';

/* The real program in a process of its own (this one's child), and here the simulated services, and the people. */

/** One for each life of a round: second looks at one life are not joined with the next life. */
const MACHINES = Array.from({ length: 40 }, (_, i) => `life-${String(i + 1).padStart(2, '0')}`);
const ELSEWHERE = 'elsewhere';
const LEASE_MS = 2_000;
const STEP_MS = 30_000;
const LOOK_MS = 100;

let demo: Demo | undefined;
const calls = new Map<string, number>();

async function start(): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-bench-'));
  demo = await startDemo({ folder, appendfsync: 'everysec', shortest: '2s', azureMinimum: 5 });
  const { slack, teams, aws } = demo.services;
  for (const [i, name] of [...MACHINES, ELSEWHERE].entries())
    aws.human.launch({ name, tags: { env: 'prod' }, privateIp: `10.1.7.${i + 1}`, groups: [{ name: `own-${name}` }] });
  for (const [service, { faults }] of Object.entries({ slack, teams, aws })) countCalls(service, faults);
  await inTurns(MACHINES.length, 4, async (i) => {
    const said = await type('security', '/jit protect', machineOf(i), 'usual');
    if (!said.includes('is protected')) throw new Error(said);
  });
  return { pid: demo.program().pid, ...servicesOf(demo.services, ELSEWHERE), sample: await sample() };
}

function machineOf(n: number): string {
  return MACHINES[n % MACHINES.length] ?? '';
}

function running(): Demo {
  if (!demo) throw new Error('nothing was started');
  return demo;
}

/** Every operation of a simulator asks for its fault once: nothing else sees all calls of all three. */
function countCalls(service: string, faults: Faults): void {
  const take = faults.take.bind(faults);
  faults.take = (operation) => {
    const name = `${service} ${operation}`;
    calls.set(name, (calls.get(name) ?? 0) + 1);
    return take(operation);
  };
}

/** What was called since the last time that this was asked. */
function callsSince(): Calls {
  const since = Object.fromEntries(calls);
  calls.clear();
  return since;
}

/** A request that nobody decides, for its cards. */
async function sample(): Promise<Sample> {
  const machine = 'api-1';
  await type('security', '/jit protect', machine, 'usual');
  await type('requester', '/jit request', machine, 'ssh for 2s because deploy 4711: roll back the payment service');
  const blocks = () => inChannel(machine).find((message) => message.blocks.length > 0)?.blocks;
  return {
    blocks: await seen('a card in Slack', blocks),
    card: await seen('a card in Teams', () => cardToApprove('')?.cards[0]),
  };
}

function lives({ first, count, atOnce }: Lives): Promise<void> {
  return inTurns(count, atOnce, (i) => life(first + i));
}

/** Asked for in Slack, approved in Teams, open, closed by the clock, and told. */
async function life(n: number): Promise<void> {
  const machine = machineOf(n);
  const ended = () => inChannel(machine).filter(({ text }) => text.includes('closed, proven')).length;
  const before = ended();
  const why = `from 203.0.113.${n % 250} because deploy ${n}: roll back the payment service`;
  const said = await type('requester', '/jit request', machine, `ssh for ${LEASE_MS / 1_000}s ${why}`);
  const request = /Request `(\w+)`/.exec(said)?.[1];
  if (!request) throw new Error(`nothing was asked for: ${said}`);
  const { id } = await seen('a card in Teams', () => cardToApprove(request));
  await press({ activity: id });
  await wait(LEASE_MS);
  await seen(`the end of ${machine}`, () => (ended() > before ? true : undefined));
}

/** Types a command about a machine in Slack's channel, and gives the private answer to it. */
async function type(who: 'requester' | 'security', verb: string, machine: string, rest = ''): Promise<string> {
  const { slackId } = people[who];
  const answers = () => inChannel(machine).filter(({ visibleTo }) => visibleTo === slackId);
  const before = answers().length;
  await running().services.slack.command(slackId, channels.slack.id, `${verb} ${machine} ${rest}`.trim());
  return (await seen(`an answer to ${verb} ${machine}`, () => answers()[before])).text;
}

/** Looks until something is there. Now and then only: the more was posted, the longer a look at all of it takes. */
async function seen<T>(what: string, look: () => T | undefined): Promise<T> {
  for (const giveUpAt = Date.now() + STEP_MS; Date.now() < giveUpAt; await wait(LOOK_MS)) {
    const found = look();
    if (found !== undefined) return found;
  }
  throw new Error(`${what} did not come within ${STEP_MS} ms`);
}

/** A card in the approver's own chat with an Approve button. */
function cardToApprove(request: string) {
  const { personal } = running().services.teams.state();
  const chat = personal.find(({ entraId }) => entraId === people.manager.entraId)?.activities ?? [];
  return chat.findLast(({ cards }) => {
    const text = JSON.stringify(cards);
    return text.includes('"approve"') && text.includes(request);
  });
}

/** Everything in Slack's channel that speaks of a machine: cards, threads, private answers. */
function inChannel(machine: string) {
  const { slack } = running().services;
  const messages = slack.state().channels.find(({ id }) => id === channels.slack.id)?.messages ?? [];
  return messages.flatMap((message) => [message, ...message.replies]).filter(({ text }) => text.includes(machine));
}

/** Deliveries go to another program from now on; without one, to the real one again. */
function turnTo(url?: string): void {
  const { services, program } = running();
  services.setTarget(url ?? program().url);
}

/** A command in Slack, without waiting for more than its acknowledgement. */
async function command(): Promise<void> {
  const answer = await running().services.slack.command(people.requester.slackId, channels.slack.id, '/jit list');
  if (!answer.ok) throw new Error(`Slack had no acknowledgement: ${answer.notice ?? answer.status}`);
}

/** Approve. */
async function press({ activity }: Posted): Promise<void> {
  const answer = await running().services.teams.execute(people.manager.entraId, activity, { verb: 'approve' });
  if (!answer.ok) throw new Error(`Teams had no answer: ${answer.notice ?? answer.status}`);
}

serve({ start, lives, turnTo, command, press, calls: callsSince }, async () => {
  await demo?.stop();
});
