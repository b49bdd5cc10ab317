import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Stage } from '../../simulators/demo/stage.ts';
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
const LIFE_MS = 30_000;
const LOOK_MS = 250;

let playing: { readonly demo: Demo; readonly stage: Stage } | undefined;
const calls = new Map<string, number>();

async function start(): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-bench-'));
  const demo = await startDemo({ folder, appendfsync: 'everysec', shortest: '2s', azureMinimum: 5 });
  const stage = new Stage(demo.services, () => {});
  // No transcript: it is made anew at every change of anything.
  stage.stop();
  playing = { demo, stage };
  const { slack, teams, aws } = demo.services;
  for (const [i, name] of [...MACHINES, ELSEWHERE].entries())
    aws.human.launch({ name, tags: { env: 'prod' }, privateIp: `10.1.7.${i + 1}`, groups: [{ name: `own-${name}` }] });
  for (const [service, { faults }] of Object.entries({ slack, teams, aws })) countCalls(service, faults);
  await inTurns(MACHINES.length, 4, async (i) => {
    const said = await type('security', '/jit protect', machineOf(i));
    if (!said.includes('is protected')) throw new Error(said);
  });
  return { pid: demo.program().pid, ...servicesOf(demo.services, ELSEWHERE), sample: await sample() };
}

function machineOf(n: number): string {
  return MACHINES[n % MACHINES.length] ?? '';
}

function played() {
  if (!playing) throw new Error('nothing was started');
  return playing;
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
  const { demo, stage } = played();
  const machine = 'api-1';
  await type('security', '/jit protect', machine);
  await type('requester', '/jit request', machine, 'ssh for 2s because deploy 4711: roll back the payment service');
  const blocks = () => inChannel(machine).find((message) => message.blocks.length > 0)?.blocks;
  const chat = () => demo.services.teams.state().personal.find(({ entraId }) => entraId === people.manager.entraId);
  const card = () => chat()?.activities.find(({ cards }) => JSON.stringify(cards).includes('"approve"'))?.cards[0];
  return {
    blocks: await stage.until('a card in Slack', blocks),
    card: await stage.until('a card in Teams', card),
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
  const said = await type('requester', '/jit request', machine, `ssh for 2s ${why}`);
  const request = /Request `(\w+)`/.exec(said)?.[1];
  if (!request) throw new Error(`nothing was asked for: ${said}`);
  await played().stage.approveInTeams('manager', request);
  for (const giveUpAt = Date.now() + LIFE_MS; ended() === before; await wait(LOOK_MS))
    if (Date.now() > giveUpAt) throw new Error(`${machine} was not closed within ${LIFE_MS} ms`);
}

/** Types a command about a machine in Slack's channel, and gives the private answer to it. */
async function type(who: 'requester' | 'security', verb: string, machine: string, rest = ''): Promise<string> {
  const { slackId } = people[who];
  const answers = () => inChannel(machine).filter(({ visibleTo }) => visibleTo === slackId);
  const before = answers().length;
  await played().demo.services.slack.command(slackId, channels.slack.id, `${verb} ${machine} ${rest}`.trim());
  return (await played().stage.until(`an answer to ${verb} ${machine}`, () => answers()[before])).text;
}

/** Everything in Slack's channel that speaks of a machine: cards, threads, private answers. */
function inChannel(machine: string) {
  const { slack } = played().demo.services;
  const messages = slack.state().channels.find(({ id }) => id === channels.slack.id)?.messages ?? [];
  return messages.flatMap((message) => [message, ...message.replies]).filter(({ text }) => text.includes(machine));
}

/** Deliveries go to another program from now on; without one, to the real one again. */
function turnTo(url?: string): void {
  const { services, program } = played().demo;
  services.setTarget(url ?? program().url);
}

/** A command in Slack, without waiting for more than its acknowledgement. */
async function command(): Promise<void> {
  const seen = await played().demo.services.slack.command(people.requester.slackId, channels.slack.id, '/jit list');
  if (!seen.ok) throw new Error(`Slack had no acknowledgement: ${seen.notice ?? seen.status}`);
}

/** Approve, on a card that the bare side posted. */
async function press({ activity }: Posted): Promise<void> {
  const seen = await played().demo.services.teams.execute(people.manager.entraId, activity, { verb: 'approve' });
  if (!seen.ok) throw new Error(`Teams had no answer: ${seen.notice ?? seen.status}`);
}

serve({ start, lives, turnTo, command, press, calls: callsSince }, async () => {
  await playing?.demo.stop();
});
