import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, type Logger, LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { SlackSimulator } from '../../simulators/slack/index.ts';

/** Says nothing: the tests look at what is refused themselves. */
export const silent: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

/** A Bolt app that is connected to the simulator; `stop` leaves nothing running. */
export interface Connected {
  readonly app: App;
  stop(): Promise<void>;
}

/** A Bolt app behind a real HTTPReceiver, at the simulator's target. */
export async function httpApp(slack: SlackSimulator): Promise<Connected> {
  const receiver = new HTTPReceiver({ signingSecret: slack.signingSecret, logger: silent });
  const app = await newApp(slack, receiver);
  const server: Server = createServer((request, response) => receiver.requestListener(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  slack.setTarget(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`);
  const stop = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { app, stop };
}

/** A Bolt app that is connected through Socket Mode. */
export async function socketApp(slack: SlackSimulator, appToken = slack.appToken): Promise<Connected> {
  const receiver = new SocketModeReceiver({
    appToken,
    logger: silent,
    installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl } },
  });
  const app = await newApp(slack, receiver);
  slack.setMode('socket');
  await app.start();
  return { app, stop: async () => void (await app.stop()) };
}

async function newApp(slack: SlackSimulator, receiver: HTTPReceiver | SocketModeReceiver): Promise<App> {
  const app = new App({
    token: slack.botToken,
    receiver,
    convoStore: false,
    deferInitialization: true,
    logger: silent,
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } },
  });
  await app.init();
  return app;
}
