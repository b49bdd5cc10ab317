import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, LogLevel, type RespondFn } from '@slack/bolt';
import { type Bot, createBot } from '../../adapters/teams/index.ts';
import { serve } from '../child.ts';
import { type BareCalls, bareCalls } from './bare-calls.ts';
import type { Calls, House, Posted } from './shared.ts';

/*
 * The calls of a life and nothing else: Bolt acknowledges the command, botbuilder checks the pressed button, and each
 * SDK makes as many calls as the real program did. No record, no policy, no queue, no lock, no reading of what came.
 */
const responds: RespondFn[] = [];
let bare: BareCalls | undefined;
let stop = async () => {};

async function start(house: House): Promise<string> {
  const { signingSecret, botToken, apiUrl } = house.slack;
  const receiver = new HTTPReceiver({ signingSecret, endpoints: '/slack/events', logLevel: LogLevel.ERROR });
  const app = new App({
    receiver,
    logLevel: LogLevel.ERROR,
    deferInitialization: true,
    clientOptions: { slackApiUrl: apiUrl },
    authorize: async () => ({ botToken }),
  });
  app.command(/.*/, async ({ ack, respond }) => {
    await ack();
    responds.push(respond);
  });
  await app.init();
  const bot = await createBot(house.teams, 5_000);
  bare = bareCalls(house, bot, () => responds.shift());
  const server = createServer((request, response) => {
    if (request.url === '/slack/events') return receiver.requestListener(request, response);
    invoked(bot, request, house).then(
      (answer) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stop = async () => {
    server.close();
    server.closeAllConnections();
  };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function invoked(bot: Bot, request: IncomingMessage, { sample }: House): Promise<object> {
  const body = (await request.setEncoding('utf8').toArray()).join('');
  await bot.authenticate(JSON.parse(body), request.headers.authorization ?? '', AbortSignal.timeout(5_000));
  return { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: sample.card };
}

function started(): BareCalls {
  if (!bare) throw new Error('nothing was started');
  return bare;
}

/** The operations that it can call. */
function known(): readonly string[] {
  return started().known;
}

function calls(some: Calls): Promise<Posted> {
  return started().make(some);
}

serve({ start, known, calls, cpu: () => process.cpuUsage() }, () => stop());
