import { expect, it, onTestFinished } from 'vitest';
import { startChild } from '../../bench/child.ts';
import { servicesOf } from '../../bench/life/services.ts';
import type { Calls, House, Posted } from '../../bench/life/shared.ts';
import { startServices } from '../../simulators/demo/services.ts';
import type { Faults } from '../../simulators/shared/faults.ts';
import { channels, people } from '../../simulators/world.ts';

const CARD = {
  type: 'AdaptiveCard',
  version: '1.5',
  body: [{ type: 'TextBlock', text: 'deploy' }],
  actions: [{ type: 'Action.Execute', title: 'Approve', verb: 'approve', data: { request: 'abc2345' } }],
};
const BLOCKS = [{ type: 'section', text: { type: 'mrkdwn', text: 'deploy' } }];

/** Which calls a life makes depends on how long it takes: so each that the bare side knows is made here, not only those of one run. */
it('the bare side of a life makes every call that it knows, and no service refuses one', async () => {
  const services = await startServices();
  const bare = startChild(new URL('../../bench/life/bare.ts', import.meta.url));
  onTestFinished(async () => {
    await bare.stop();
    await services.stop();
  });
  const { slack, teams, aws } = services;
  aws.human.launch({ name: 'elsewhere', privateIp: '10.1.7.1', groups: [{ name: 'own-elsewhere' }] });
  const made = { slack: callsOf(slack.faults), teams: callsOf(teams.faults), aws: callsOf(aws.faults) };
  const house: House = { pid: 0, ...servicesOf(services, 'elsewhere'), sample: { blocks: BLOCKS, card: CARD } };

  services.setTarget(await bare.ask<string>('start', house));
  const known = await bare.ask<readonly string[]>('known');
  const command = await slack.command(people.requester.slackId, channels.slack.id, '/jit list');
  const calls: Calls = Object.fromEntries(known.map((name) => [name, TWICE.has(name) ? 2 : 1]));
  const { activity } = await bare.ask<Posted>('calls', calls);
  const pressed = await teams.execute(people.manager.entraId, activity, { verb: 'approve' });

  expect([command.ok, pressed.ok]).toEqual([true, true]);
  expect(known.filter((name) => !made[name.split(' ')[0] as keyof typeof made]?.has(name.split(' ')[1] ?? ''))).toEqual(
    [],
  );
  expect(aws.log().filter(({ status }) => status !== 200)).toEqual([]);
});

/** First the channel’s thread, then the approver’s own chat. */
const TWICE = new Set(['teams createConversation']);

/** The operations that were called. */
function callsOf(faults: Faults): ReadonlySet<string> {
  const called = new Set<string>();
  const take = faults.take.bind(faults);
  faults.take = (operation) => {
    called.add(operation);
    return take(operation);
  };
  return called;
}
