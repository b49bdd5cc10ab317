import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Demo, startDemo } from '../../simulators/demo/start.ts';
import { channels, people } from '../../simulators/world.ts';
import { serve } from '../child.ts';
import type { House, TeamsHouse } from './shared.ts';

/* The real program in a process of its own (this one's child), and here the simulated services that it needs. */

const answers = createServer((request, response) => {
  request.resume().once('end', () => response.end('ok'));
});
let demo: Demo | undefined;

async function start(): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-bench-'));
  demo = await startDemo({ folder, appendfsync: 'everysec', shortest: '5m', azureMinimum: 5 });
  const { slack } = demo.services;
  const seen = await slack.command(people.requester.slackId, channels.slack.id, '/jit list');
  const command = slack.sent.at(-1)?.body;
  if (!seen.ok || command === undefined) throw new Error(`the program took no command: ${JSON.stringify(seen)}`);
  await new Promise<void>((resolve) => answers.listen(0, '127.0.0.1', resolve));
  const { port } = answers.address() as AddressInfo;
  const { url, pid } = demo.program();
  return {
    teams: { ...(await messageOf(demo)), url: `${url}/api/messages`, pid },
    url: `${url}/slack/events`,
    pid,
    signingSecret: slack.signingSecret,
    command,
    answers: `http://127.0.0.1:${port}/`,
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

serve({ start }, async () => {
  answers.close();
  answers.closeAllConnections();
  await demo?.stop();
});
