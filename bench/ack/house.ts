import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Demo, startDemo } from '../../simulators/demo/start.ts';
import { channels, people } from '../../simulators/world.ts';
import { serve } from '../child.ts';
import type { House, TeamsHouse } from './shared.ts';

/* The real program in a process of its own (this one's child), and here the simulated services that it needs. */

let demo: Demo | undefined;

async function start(): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-bench-'));
  demo = await startDemo({ folder, appendfsync: 'everysec', shortest: '5m', azureMinimum: 5 });
  const { slack } = demo.services;
  const seen = await slack.command(people.requester.slackId, channels.slack.id, '/jit list');
  const command = slack.sent.at(-1)?.body;
  if (!seen.ok || command === undefined) throw new Error(`the program took no command: ${JSON.stringify(seen)}`);
  // Takes every answer, and shows it to nobody. It is Slack's own host: answers to another one are refused.
  slack.faults.add('response_url', { kind: 'error', status: 200, code: 'shown_to_nobody' }, Infinity);
  const { url, pid } = demo.program();
  return {
    teams: { ...(await messageOf(demo)), url: `${url}/api/messages`, pid },
    url: `${url}/slack/events`,
    pid,
    signingSecret: slack.signingSecret,
    command,
    answers: new URL('/commands/', slack.apiUrl).href,
  };
}

/** A message with its token, as the simulated Teams sends it: taken off its way, then led to the program again. */
async function messageOf({ services, program }: Demo): Promise<Omit<TeamsHouse, 'url' | 'pid'>> {
  const { teams } = services;
  const taken = Promise.withResolvers<Pick<TeamsHouse, 'message' | 'authorization'>>();
  const taker = createServer(async (request, response) => {
    const message = (await request.setEncoding('utf8').toArray()).join('');
    response.end();
    taken.resolve({ message, authorization: request.headers.authorization ?? '' });
  });
  await new Promise<void>((resolve) => taker.listen(0, '127.0.0.1', resolve));
  teams.setTarget(`http://127.0.0.1:${(taker.address() as AddressInfo).port}/`);
  await teams.say(people.requester.entraId, 'personal', 'whoami');
  const sent = await taken.promise;
  taker.close();
  services.setTarget(program().url);
  const { appId, tenantId, issuer, openIdMetadataUrl, toChannelScope: oauthScope } = teams;
  return { ...sent, appId, tenantId, issuer, openIdMetadataUrl, oauthScope };
}

/** Throws where a command was acknowledged without being done: then nothing was measured. */
async function check(): Promise<void> {
  const log = demo ? readFileSync(demo.logFile, 'utf8') : '';
  const refused = log.split('\n').filter((line) => /a Slack delivery (?:was refused|could not be)/.test(line));
  if (refused.length > 0) throw new Error(`the program did not do ${refused.length} deliveries: ${refused[0]}`);
}

serve({ start, check }, async () => {
  await demo?.stop();
});
