import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { awsSurvey } from '../../adapters/aws/survey.ts';
import { azureSurvey } from '../../adapters/azure/survey.ts';
import { slackSurvey } from '../../adapters/slack/survey.ts';
import { startAwsSimulator } from '../../simulators/aws/index.ts';
import { startAzureSimulator } from '../../simulators/azure/index.ts';
import { startSlackSimulator } from '../../simulators/slack/index.ts';
import { AWS_ACCOUNT_ID, AWS_REGION, channels, SUBSCRIPTION_ID, TENANT_ID } from '../../simulators/world.ts';
import { jsonLog } from '../../src/observe/log.ts';

const SIGNAL = new AbortController().signal;
const OTHER = '99998888-7777-4666-8555-444433332222';
const HIDDEN = '88887777-6666-4555-8444-333322221111';

it('finds in Azure the subscriptions that whoever is signed in has a role in, page by page', async () => {
  const azure = await startAzureSimulator({ pageSize: 1 });
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-survey-'));
  onTestFinished(async () => {
    await azure.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  writeFileSync(join(folder, 'ca.pem'), azure.ca);
  azure.human.setMembers(OTHER, 'everybody');
  azure.human.setMembers(HIDDEN, []);
  const { url: resourceManager, authority, tenantId, clientId, clientSecret } = azure;
  const hosts = { resourceManager, authority, caFile: join(folder, 'ca.pem'), disableInstanceDiscovery: true };
  const survey = azureSurvey({ ...hosts, tenantId, clientId, clientSecret });
  expect(await survey.tenants(SIGNAL)).toEqual([{ id: TENANT_ID, name: 'Drawbridge demo' }]);
  expect(await survey.subscriptions(SIGNAL)).toEqual([
    { id: SUBSCRIPTION_ID, name: 'Production', tenantId: TENANT_ID },
    { id: OTHER, name: 'Other', tenantId: TENANT_ID },
  ]);
  const wrong = azureSurvey({ ...hosts, tenantId, clientId, clientSecret: 'another' });
  await expect(wrong.subscriptions(SIGNAL)).rejects.toMatchObject({ code: 'cloudDenied' });
});

it('finds in AWS who is signed in, the regions, and the accounts of the organization where they may be listed', async () => {
  const aws = await startAwsSimulator();
  onTestFinished(() => aws.stop());
  vi.stubEnv('AWS_ACCESS_KEY_ID', aws.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', aws.secretAccessKey);
  onTestFinished(() => void vi.unstubAllEnvs());
  const survey = awsSurvey({ region: AWS_REGION, endpoint: aws.url });
  expect(await survey.caller(SIGNAL)).toMatchObject({
    account: AWS_ACCOUNT_ID,
    arn: expect.stringMatching(/^arn:aws:/),
  });
  expect(await survey.regions(SIGNAL)).toContain('eu-west-1');
  const accounts = await survey.accounts(SIGNAL).catch((error: unknown) => error);
  expect(accounts).toEqual([{ id: AWS_ACCOUNT_ID, name: expect.any(String) }]);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'another');
  const wrong = awsSurvey({ region: AWS_REGION, endpoint: aws.url });
  await expect(wrong.caller(SIGNAL)).rejects.toMatchObject({ code: 'cloudDenied' });
});

it('finds in Slack the workspace, the app, and the channels that it may see, those that it is in first', async () => {
  const slack = await startSlackSimulator();
  onTestFinished(() => slack.stop());
  for (let n = 100; n < 350; n += 1) slack.setChannel(`C0MORE${n}`, { name: `more-${n}`, is_member: false });
  slack.setChannel('C0OLD', { name: 'old', is_archived: true });
  slack.setChannel('G0HIDDEN', { name: 'hidden', kind: 'private', is_member: false });
  const { apiUrl, botToken, teamId, appId } = slack;
  const survey = slackSurvey({ botToken, apiUrl }, jsonLog('fatal'));
  expect(await survey.workspace(SIGNAL)).toEqual({ id: teamId, name: 'Drawbridge demo', appId });
  const found = await survey.channels(SIGNAL);
  expect(found).toHaveLength(251);
  expect(found[0]).toEqual({ id: channels.slack.id, name: channels.slack.name, isMember: true });
  expect(found.map(({ name }) => name)).not.toContain('hidden');
  const wrong = slackSurvey({ botToken: 'xoxb-other', apiUrl }, jsonLog('fatal'));
  await expect(wrong.workspace(SIGNAL)).rejects.toMatchObject({ code: 'chatRefused' });
});
