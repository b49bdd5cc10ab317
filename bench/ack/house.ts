import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Demo, startDemo } from '../../simulators/demo/start.ts';
import { channels, people } from '../../simulators/world.ts';
import { serve } from '../child.ts';
import type { House } from './shared.ts';

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
    url: `${url}/slack/events`,
    pid,
    signingSecret: slack.signingSecret,
    command,
    answers: new URL('/commands/', slack.apiUrl).href,
  };
}

/** Throws where a command was acknowledged without being done: then nothing was measured. */
async function check(): Promise<void> {
  const log = demo ? readFileSync(demo.logFile, 'utf8') : '';
  if (/a Slack delivery (?:was refused|could not be)/.test(log)) throw new Error('the program refused commands');
}

serve({ start, check }, async () => {
  await demo?.stop();
});
