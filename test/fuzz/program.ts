import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { demoConfig, demoSecrets } from '../../simulators/demo/config.ts';
import { startProgram } from '../../simulators/demo/program.ts';
import { startServices } from '../../simulators/demo/services.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { channels, people } from '../../simulators/world.ts';
import { freePort } from '../redis/free-port.ts';

const TOKEN = 'the token of the operators';
/** Nobody waits longer for an answer, on however busy a machine. */
const WAIT_MS = 60_000;
/** More than any page or card of ours. */
const MOST_ANSWER = 100_000;
const PATIENCE = { chatsWaitMs: WAIT_MS, azureMinimum: 0 } as const;

/** What the program answered, in characters. */
export interface Answered {
  readonly status: number;
  readonly body: string;
}

/**
 * The whole program, with a request that waits for somebody else to approve it. Whatever comes in afterwards, the clouds may
 * never be asked to open anything: nobody who sends may decide.
 */
export async function startFuzzed() {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-fuzz-'));
  const services = await startServices(PATIENCE);
  services.azure.human.setPlan('Free');
  const [configFile, logFile] = [join(folder, 'drawbridge.yaml'), join(folder, 'program.log')];
  writeFileSync(join(folder, 'teams-ca.pem'), services.teams.caPem);
  writeFileSync(join(folder, 'azure-ca.pem'), services.azure.ca);
  const settings = { folder, port: 0, shortest: '3s', appendfsync: 'everysec', azureBackend: 'nsg' } as const;
  const config = parse(demoConfig(services, settings)) as { http: object };
  const port = await freePort();
  config.http = { ...config.http, admin: { port, token: 'env:ADMIN_TOKEN' } };
  writeFileSync(configFile, stringify(config));
  const secrets: Readonly<Record<string, string>> = { ...demoSecrets(services), ADMIN_TOKEN: TOKEN };
  const program = await startProgram({ configFile, logFile, secrets });
  services.setTarget(program.url);
  let ended: string | undefined;
  void program.ended.then((how) => {
    ended = how;
  });
  const stage = new Stage(services, () => {});
  await stage.slack('security', '/jit protect api-1 usual');
  await stage.slack('requester', '/jit request api-1 ssh for 1h because of a test');
  const opened = () => services.aws.log().filter(({ action }) => action === 'AuthorizeSecurityGroupIngress').length;
  const before = opened();
  const hidden = Object.entries(secrets).filter(([name]) => !name.endsWith('KEY_ID'));

  const fuzzed = {
    services,
    stage,
    program,
    admin: `http://127.0.0.1:${port}`,
    token: TOKEN,
    /** An answer is short, is no failure of ours, and tells no secret. */
    judge({ status, body }: Answered): void {
      expect(status, body).not.toBe(0);
      expect(status, body).not.toBe(500);
      expect(body.length).toBeLessThan(MOST_ANSWER);
      for (const [name, secret] of hidden) expect(body, name).not.toContain(secret);
      expect(ended).toBeUndefined();
    },
    /** What was sent is worked on to its end: the program runs, answers, opened nothing, and told no secret. */
    async after(): Promise<void> {
      expect(await stage.slack('colleague', '/jit list')).toContain('You have no open');
      expect((await fetch(`${program.url}/healthz`)).status).toBe(200);
      expect(ended).toBeUndefined();
      expect(opened()).toBe(before);
      const log = readFileSync(logFile, 'utf8');
      for (const [name, secret] of hidden) expect(log, name).not.toContain(secret);
      for (const words of ['nobody caught', 'a request failed', 'UnhandledPromise'])
        expect(log.split('\n').filter((line) => line.includes(words))).toEqual([]);
    },
    async stop(): Promise<void> {
      stage.stop();
      await program.stop();
      await services.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return fuzzed;
}

export type Fuzzed = Awaited<ReturnType<typeof startFuzzed>>;

/** Everything that the requester does in Slack, as Slack sent it: commands, a form, presses. */
export async function sentBySlack({ services: { slack }, stage }: Fuzzed): Promise<readonly URLSearchParams[]> {
  const { slackId } = people.requester;
  const state = () => slack.state(slackId);
  const begun = slack.sent.length;
  await stage.slack('requester', '/jit list');
  await slack.command(slackId, channels.slack.id, '/jit request');
  const view = await stage.until('a form', () =>
    state().views[slackId]?.find(({ callback_id }) => callback_id === 'jit_request'),
  );
  await slack.submitView(slackId, view.id, {
    duration: {},
    source: { source: 'nowhere' },
    justification: { justification: 'of a test' },
  });
  const card = await stage.until('a card', () =>
    state()
      .channels.flatMap(({ id, messages }) => messages.map((message) => ({ id, ...message })))
      .find(({ blocks }) => JSON.stringify(blocks).includes('jit_approve')),
  );
  for (const action of ['jit_approve', 'jit_deny']) await slack.press(slackId, card.id, card.ts, action);
  return slack.sent.slice(begun).map(({ body }) => new URLSearchParams(body));
}

/** As Slack's documentation has it (docs.slack.dev/apis/events-api, "Callback field"). */
export function slackEvent({ services: { slack } }: Fuzzed): object {
  return {
    token: 'simulated-verification-token',
    team_id: slack.teamId,
    api_app_id: slack.appId,
    event: {
      type: 'app_home_opened',
      user: people.requester.slackId,
      channel: 'D0LAN2Q65',
      event_ts: '1515449522000016',
      tab: 'home',
    },
    type: 'event_callback',
    event_id: 'Ev0LAN670R',
    event_time: 1515449522000016,
    authorizations: [{ enterprise_id: null, team_id: slack.teamId, user_id: 'U1', is_bot: true }],
  };
}

/** What the requester's Teams would send: words, presses on a card that somebody else decides, the form, a type-ahead. */
export function sentByTeams(
  { services: { teams } }: Fuzzed,
  request: string,
): readonly Readonly<Record<string, unknown>>[] {
  const person = teams.person(people.requester.entraId);
  const words = teams.drafts.message(person, 'personal', 'request api-1 ssh for 30s because of a test');
  const invoke = (value: object) => ({
    ...words,
    text: undefined,
    type: 'invoke',
    name: 'adaptiveCard/action',
    replyToId: '1',
    value,
  });
  const press = (verb: string, data: object) =>
    invoke({ action: { type: 'Action.Execute', verb, data }, trigger: 'manual' });
  const form = { f: 'f1', machine: 'api-1', ports: '22', duration: '15m', source: '', justification: 'x' };
  return [
    words,
    teams.drafts.message(person, 'channel', 'list'),
    teams.drafts.installation(person, 'add'),
    press('approve', { r: request, v: 1, n: 'abc' }),
    press('deny', { r: request, v: 1, reason: 'no' }),
    press('submitForm', form),
    press('submitPorts', { f: 'f2', m: 'api-1', v: 'v1', ports: '22 for 1h' }),
    { ...invoke({ dataset: 'machines', queryText: 'api' }), name: 'application/search' },
  ];
}
