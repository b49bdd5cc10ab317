import { SSM } from '@aws-sdk/client-ssm';
import { expect, onTestFinished, test } from 'vitest';
import { startAws } from './aws-clients.ts';

const CONTENT = {
  schemaVersion: '2.2',
  parameters: {
    Source: { type: 'String', allowedPattern: '^[0-9./]+$' },
    Ports: { type: 'String', allowedPattern: '^[0-9,]+$' },
  },
  mainSteps: [
    { name: 'linux', precondition: { StringEquals: ['platformType', 'Linux'] } },
    { name: 'windows', precondition: { StringEquals: ['platformType', 'Windows'] } },
  ],
};

async function start() {
  const aws = await startAws();
  const { accessKeyId, secretAccessKey, region, url: endpoint, accountId: account, systemsManager } = aws.simulator;
  const ssm = new SSM({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
  onTestFinished(() => ssm.destroy());
  const id = aws.instance('api-1');
  systemsManager.putDocument({ account, region }, 'cut', CONTENT);
  systemsManager.setAgent(id, { platform: 'Linux', isOnline: true });
  const parameters = { Source: ['203.0.113.7/32'], Ports: ['22'] };
  const send = (more = {}) =>
    ssm.sendCommand({ InstanceIds: [id], DocumentName: 'cut', TimeoutSeconds: 30, Parameters: parameters, ...more });
  return { aws, ssm, id, send, parameters, systemsManager };
}

test.each([
  ['a document that is not there', { DocumentName: 'other' }, 'InvalidDocument'],
  ['a version that is not there', { DocumentVersion: '7' }, 'InvalidDocumentVersion'],
  ['a missing parameter', { Parameters: { Source: ['1.2.3.4/32'] } }, 'InvalidParameters'],
  ['a parameter that is not known', { Parameters: { Source: ['1'], Ports: ['22'], More: ['1'] } }, 'InvalidParameters'],
  ['a value that its pattern forbids', { Parameters: { Source: ["1'; reboot"], Ports: ['22'] } }, 'InvalidParameters'],
  ['an impatient command', { TimeoutSeconds: 29 }, 'ValidationException'],
  ['a long comment', { Comment: 'x'.repeat(101) }, 'ValidationException'],
  ['an instance without an agent', { InstanceIds: ['i-00000000000000000'] }, 'InvalidInstanceId'],
  ['what it does not know', { MaxErrors: '1' }, 'ValidationException'],
])('Run Command refuses %s', async (_, more, name) => {
  const { send } = await start();
  await expect(send(more)).rejects.toMatchObject({ name });
});

test('Run Command runs in its time, and says what came of a step once it has ended', async () => {
  const { aws, ssm, id, send } = await start();
  const { Command } = await send({ Comment: 'mine' });
  const ask = (PluginName?: string) =>
    ssm.getCommandInvocation({ CommandId: Command?.CommandId, InstanceId: id, ...(PluginName ? { PluginName } : {}) });
  expect(await ask('linux')).toMatchObject({ Status: 'Pending', StandardOutputContent: '' });
  await expect(ask()).rejects.toMatchObject({ name: 'InvalidPluginName' });
  aws.clock.advance(1_000);
  expect(await ask('linux')).toMatchObject({ Status: 'InProgress' });
  aws.clock.advance(1_000);
  expect(await ask('linux')).toMatchObject({
    Status: 'Success',
    StandardOutputContent: expect.stringMatching(/^draw/),
  });
  expect((await ask('windows')).StandardOutputContent).toContain('skipped');
  const filter = { key: 'DocumentName' as const, value: 'cut' };
  expect((await ssm.listCommands({ InstanceId: id, Filters: [filter] })).Commands).toMatchObject([{ Comment: 'mine' }]);
});

test('Run Command drops what an agent that is away does not fetch', async () => {
  const { aws, ssm, id, send, systemsManager } = await start();
  systemsManager.setAgent(id, { platform: 'Linux', isOnline: false });
  const { Command } = await send();
  for (let i = 0; i < 32; i += 1) {
    aws.clock.advance(1_000);
    aws.simulator.state();
  }
  const found = await ssm.getCommandInvocation({ CommandId: Command?.CommandId, InstanceId: id, PluginName: 'linux' });
  expect(found).toMatchObject({ Status: 'TimedOut', StatusDetails: 'Delivery Timed Out' });
});

test('a role runs it on instances with the tag alone', async () => {
  const { aws, id, parameters } = await start();
  const { roleArn, externalId, url: endpoint, region } = aws.simulator;
  const { Credentials } = await aws.sts.assumeRole({
    RoleArn: roleArn,
    RoleSessionName: 'test',
    ExternalId: externalId,
  });
  const {
    AccessKeyId: accessKeyId = '',
    SecretAccessKey: secretAccessKey = '',
    SessionToken: sessionToken = '',
  } = Credentials ?? {};
  const ssm = new SSM({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    maxAttempts: 1,
  });
  onTestFinished(() => ssm.destroy());
  const send = () => ssm.sendCommand({ InstanceIds: [id], DocumentName: 'cut', Parameters: parameters });
  await expect(send()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  aws.simulator.human.setTags(id, { 'drawbridge:cut-sessions': 'prod' });
  await expect(send()).resolves.toBeDefined();
});
