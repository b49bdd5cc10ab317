import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import { serve } from '../child.ts';
import type { Taker } from './shared.ts';

/* The least that Bolt can do: it checks the signature and acknowledges. */
let receiver: HTTPReceiver | undefined;

async function start(signingSecret: string): Promise<Taker> {
  receiver = new HTTPReceiver({ signingSecret, endpoints: '/slack/events', logLevel: LogLevel.ERROR });
  const app = new App({ receiver, deferInitialization: true, authorize: async () => ({ botToken: 'xoxb-nobody' }) });
  app.command(/.*/, ({ ack }) => ack());
  await app.init();
  const server = await receiver.start({ port: 0, host: '127.0.0.1' });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`, pid: process.pid };
}

serve({ start }, async () => {
  await receiver?.stop();
});
