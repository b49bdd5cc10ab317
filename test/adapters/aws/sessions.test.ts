import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Port } from '../../../src/core/rule/port.ts';
import type { CutReply } from '../../../src/ports/sessions.ts';
import { go, never } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness, SESSIONS_DOCUMENT } from './harness.ts';
import { DEPLOYED, instanceOf, makeReady } from './sessions-harness.ts';

const SSH: Port = { number: 22, protocol: 'tcp' };
const RDP: Port = { number: 3389, protocol: 'tcp' };
const ADA = '203.0.113.7';

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness({ cutSessions: true });
});
afterEach(() => aws.stop());

const ask = (more: { readonly command?: string; readonly token?: string; readonly source?: string } = {}) => ({
  machine: aws.machine,
  source: `${ADA}/32`,
  ports: [SSH, RDP],
  token: 'k7m3q9w-1',
  ...more,
});
const cut = (more = {}): Promise<CutReply> => {
  if (!aws.adapter.cut) throw new Error('it cannot cut');
  return aws.adapter.cut(ask(more), never, go);
};
const connect = (from: string, port = 22, isStubborn = false) =>
  aws.sim.systemsManager.connect(instanceOf(aws.machine), { from, port, isStubborn });
const connected = () =>
  aws.sim.systemsManager.connections(instanceOf(aws.machine)).map(({ from, port }) => `${from} ${port}`);
/** Seconds pass, one after the other: the agent acts in between. */
const pass = (seconds: number) => {
  for (let i = 0; i < seconds; i += 1) {
    aws.advance(1_000);
    aws.sim.state();
  }
};
/** To its end, and what it came to. */
const cutToTheEnd = async (): Promise<CutReply> => {
  const begun = await cut();
  if (begun.state === 'done') return begun;
  pass(3);
  return cut({ command: begun.command });
};
const deploy = (content: object) =>
  aws.sim.systemsManager.putDocument(
    { account: aws.sim.accountId, region: aws.sim.region },
    SESSIONS_DOCUMENT,
    content,
  );
const stay = async () => {
  const { cutsSessions, sessionsStay } = await aws.adapter.look(aws.machine, never);
  return cutsSessions ?? sessionsStay;
};

describe('cutting sessions in AWS', () => {
  it('is not there unless it is configured', async () => {
    const silent = await awsHarness();
    expect(silent.adapter.cut).toBeUndefined();
    expect((await silent.adapter.look(silent.machine, never)).cutsSessions).toBeUndefined();
    await silent.stop();
  });

  it.each(['Linux', 'Windows'] as const)(
    'ends what that source has at those ports, and nothing else: %s',
    async (os) => {
      makeReady(aws, os);
      for (const from of [ADA, '203.0.113.8', '2001:db8::7']) connect(from);
      connect(ADA);
      connect(ADA, 443);
      connect(ADA, 3389, true);
      expect(await cutToTheEnd()).toEqual({
        state: 'done',
        ports: [
          { port: SSH, found: 2, left: 0 },
          { port: RDP, found: 1, left: 1 },
        ],
      });
      expect(connected()).toEqual([`203.0.113.8 22`, '2001:db8::7 22', `${ADA} 443`, `${ADA} 3389`]);
    },
  );

  it('says that it is under way, without waiting', async () => {
    makeReady(aws);
    const begun = await cut();
    expect(begun).toMatchObject({ state: 'under way', command: expect.stringMatching(/^linux\/[0-9a-f-]{36}$/) });
    aws.sim.setReadLag(5_000);
    expect(await cut({ command: begun.state === 'under way' ? begun.command : '' })).toEqual(begun);
  });

  it('never begins twice with one token: a lost reply is found out by looking', async () => {
    makeReady(aws);
    aws.sim.faults.add('SendCommand', { kind: 'lostReply' }, 1);
    await expect(cut()).rejects.toMatchObject({ code: 'cloudSilent' });
    await cut();
    await cut();
    expect(aws.sim.systemsManager.commands()).toMatchObject([{ comment: 'drawbridge k7m3q9w-1' }]);
    await cut({ token: 'k7m3q9w-2' });
    expect(aws.sim.systemsManager.commands()).toHaveLength(2);
  });

  it('is done where the machine does not run: whatever was open ended with it', async () => {
    makeReady(aws);
    aws.sim.human.stop(instanceOf(aws.machine));
    expect(await cut()).toMatchObject({ state: 'done', ports: [{ found: 0, left: 0 }, {}] });
    aws.sim.human.terminate(instanceOf(aws.machine));
    expect(await cut()).toMatchObject({ state: 'done' });
  });

  it('reads the outcome also where the agent has gone since', async () => {
    makeReady(aws);
    const begun = await cut();
    pass(3);
    aws.sim.systemsManager.setAgent(instanceOf(aws.machine), { platform: 'Linux', isOnline: false });
    expect(await cut({ command: begun.state === 'under way' ? begun.command : '' })).toMatchObject({ state: 'done' });
  });

  it('names a command that its machine did not fetch', async () => {
    makeReady(aws);
    const begun = await cut();
    aws.sim.systemsManager.setAgent(instanceOf(aws.machine), { platform: 'Linux', isOnline: false });
    pass(40);
    const command = begun.state === 'under way' ? begun.command : '';
    await expect(cut({ command })).rejects.toMatchObject({
      code: 'sessionsStay',
      say: 'Open sessions on api-1 cannot be cut: the command ended as “Delivery Timed Out”.',
    });
  });

  it('runs the version of the document that was compared, and not whatever is the usual one by then', async () => {
    makeReady(aws);
    deploy({ ...DEPLOYED, description: 'edited' });
    deploy(DEPLOYED);
    await cut();
    expect(aws.sim.systemsManager.commands()).toMatchObject([{ version: '3' }]);
  });

  it('sends nothing that the patterns of the document do not allow', async () => {
    makeReady(aws);
    for (const source of ["203.0.113.7/32'; reboot; '", '$(reboot)', '203.0.113.7/32\n', ''])
      await expect(cut({ source })).rejects.toMatchObject({ code: 'sessionsStay' });
    expect(aws.sim.systemsManager.commands()).toEqual([]);
  });
});

describe('what sessions in AWS need to be cut', () => {
  const agent = (isOnline: boolean, platform: 'Linux' | 'MacOS' = 'Linux') =>
    aws.sim.systemsManager.setAgent(instanceOf(aws.machine), { platform, isOnline });

  it('is all there', async () => {
    makeReady(aws);
    expect(await stay()).toBe(true);
  });

  it.each<[string, () => void, string]>([
    [
      'a tag',
      () => aws.sim.human.setTags(instanceOf(aws.machine), { Name: 'api-1', 'drawbridge:cut-sessions': 'another' }),
      'it does not have the tag drawbridge:cut-sessions=test',
    ],
    ['an agent that is there', () => agent(false), 'its Systems Manager agent is not online'],
    ['a system that the document knows', () => agent(true, 'MacOS'), 'it runs neither Linux nor Windows'],
    [
      'the document of this version',
      () => deploy({ ...DEPLOYED, description: 'edited' }),
      `the document ${SESSIONS_DOCUMENT} is not the one of this version of Drawbridge`,
    ],
    [
      'a right to ask',
      () => {
        const denied = { kind: 'error', status: 400, code: 'AccessDeniedException' } as const;
        aws.sim.faults.add('DescribeInstanceInformation', denied, 9);
      },
      'Systems Manager could not be asked',
    ],
  ])('is missed when it is not there, and nothing is run: %s', async (_, take, why) => {
    makeReady(aws);
    take();
    expect(await stay()).toBe(why);
    await expect(cut()).rejects.toMatchObject({ name: 'JitError' });
    expect(aws.sim.systemsManager.commands()).toEqual([]);
  });

  it('is missed where there is no agent, or no document', async () => {
    aws.sim.human.setTags(instanceOf(aws.machine), { Name: 'api-1', 'drawbridge:cut-sessions': 'test' });
    expect(await stay()).toBe('Systems Manager could not be asked');
    deploy(DEPLOYED);
    expect(await stay()).toBe('it has no Systems Manager agent');
  });

  it('is missed where the role may not run it', async () => {
    makeReady(aws);
    aws.sim.faults.add('SendCommand', { kind: 'error', status: 400, code: 'AccessDeniedException' }, 1);
    await expect(cut()).rejects.toMatchObject({
      say: expect.stringContaining('the role may not run the document on it'),
    });
  });
});
