import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { Stage } from '../../simulators/demo/stage.ts';
import { type Demo, startDemo } from '../../simulators/demo/start.ts';
import { channels, people } from '../../simulators/world.ts';

/** Longer than the program lives on. */
const SLOW = { kind: 'slow', ms: 20_000 } as const;

async function start({ onTestFinished }: TestContext): Promise<{ readonly demo: Demo; readonly stage: Stage }> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-accepted-'));
  const demo = await startDemo({ folder, shortest: '3s', azureMinimum: 0, appendfsync: 'always' });
  onTestFinished(() => demo.stop());
  const stage = new Stage(demo.services, () => {});
  onTestFinished(() => stage.stop());
  await stage.slack('security', '/jit protect api-1 usual');
  return { demo, stage };
}

/** Killed while it waits for an answer, which others get at once. */
async function killAndRestart(demo: Demo): Promise<void> {
  await demo.kill();
  for (const { faults } of [demo.services.slack, demo.services.teams]) faults.clear();
  await demo.killAndRestart();
}

/** What a chat was told is accepted is done, once, by whoever comes after: the process is killed between the two. */
describe.concurrent('a program killed with -9 after it accepted', { timeout: 300_000 }, () => {
  it('a command and a press in Slack does both', async (context) => {
    const { demo, stage } = await start(context);
    const { slack, aws } = demo.services;
    const ask = '/jit request api-1 ssh for 30s because of a test';
    slack.faults.add('users.info', SLOW);
    expect(await slack.command(people.requester.slackId, channels.slack.id, ask)).toMatchObject({ ok: true });
    await killAndRestart(demo);
    // The card is there: it was asked for after all.
    await stage.until('a card in Slack', () =>
      JSON.stringify(slack.state()).includes('jit_approve') ? true : undefined,
    );
    slack.faults.add('users.info', SLOW);
    await stage.approveInSlack('manager', 'of a test');
    await killAndRestart(demo);
    await stage.told('is open', 'api-1');
    await stage.told('closed, proven', 'api-1');
    expect(aws.log().filter(({ action }) => action === 'AuthorizeSecurityGroupIngress')).toHaveLength(1);
  });

  it('a message in Teams does it', async (context) => {
    const { demo, stage } = await start(context);
    const { teams } = demo.services;
    const { entraId } = people.requester;
    teams.faults.add('getConversationMember', SLOW);
    await teams.say(entraId, 'personal', 'request api-1 ssh for 30s because of a test');
    await killAndRestart(demo);
    await stage.until('a card in Teams', () =>
      JSON.stringify(teams.state().personal).includes('"approve"') ? true : undefined,
    );
  });
});
