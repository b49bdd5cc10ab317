import { AskedWait } from '../../src/kit/asked-wait.ts';
import { limited, orAborted } from '../../src/kit/time-limit.ts';
import type { Bot, Outgoing, Transport } from './bot.ts';
import { type Login, loginOf } from './credential.ts';
import { ConnectorFailure, failureOf, throttled } from './errors.ts';
import { graphResource, installer } from './install.ts';
import type { Settings } from './settings.ts';

type MakeTransport = (settings: Settings, login: Login, callMs: number) => Transport;

/** The libraries that can be chosen (`teams.sdk`). They are heavy: only the one that is chosen is loaded. */
const TRANSPORTS: Readonly<Record<Settings['sdk'], () => Promise<MakeTransport>>> = {
  botbuilder: async () => (await import('./botbuilder.ts')).botbuilder,
  agents: async () => (await import('./agents.ts')).agents,
};

/** The bot, through the library that the settings name. */
export async function createBot(settings: Settings, callMs: number): Promise<Bot> {
  const login = loginOf(settings);
  const make = await TRANSPORTS[settings.sdk]();
  const transport = make(settings, login, callMs);
  const toGraph = settings.install && loginOf(settings, graphResource(settings.install.graph));
  const adding = toGraph && installer({ settings, login: toGraph, now: () => performance.now() });
  // Teams limits a bot by what it does in a conversation ("Rate limiting your bot"), Graph an app by what it asks for.
  const waits = new AskedWait({ waitOf: waitAskedOf, refusal: throttled });
  return {
    install: async (user, signal) =>
      adding !== undefined &&
      (await waits.run('install', () => within(callMs, signal, (limited) => adding.install(user, limited)))),
    async authenticate(activity, authorization, signal) {
      await within(callMs, signal, () => transport.authenticate(activity, authorization));
    },
    ...conversationsOf(settings, { transport, callMs, waits }),
    async login(signal) {
      try {
        await within(callMs, signal, (limited) => login.token(limited));
      } catch (error) {
        throw failureOf(error);
      }
    },
  };
}

function waitAskedOf(error: unknown): number | undefined {
  return error instanceof ConnectorFailure ? error.retryAfterMs : undefined;
}

interface Calling {
  readonly transport: Transport;
  readonly callMs: number;
  readonly waits: AskedWait;
}

/** What is done in conversations, each in one call, and none before Teams wants it. */
function conversationsOf(
  { appId, tenantId }: Settings,
  { transport, callMs, waits }: Calling,
): Omit<Bot, 'authenticate' | 'install' | 'login'> {
  const bot = { id: `28:${appId}` };
  const tenant = { id: tenantId };
  /** @param what the method and the conversation */
  const call = <T>(
    what: readonly [method: string, conversation: string],
    { serviceUrl, signal }: { readonly serviceUrl: string; readonly signal: AbortSignal },
    work: (connector: Awaited<ReturnType<Transport['connect']>>) => Promise<T>,
  ): Promise<T> =>
    waits.run([...what, serviceUrl].join(' '), async () => {
      try {
        return await within(callMs, signal, async (limited) => work(await transport.connect(serviceUrl, limited)));
      } catch (error) {
        throw failureOf(error);
      }
    });
  return {
    async chat(serviceUrl, member, signal) {
      const members = [{ id: member }];
      const parameters = { bot, tenantId, isGroup: false, members, channelData: { tenant } };
      const made = await call(['chat', member], { serviceUrl, signal }, (one) => one.create(parameters));
      return { serviceUrl, conversation: named(made?.id) };
    },
    async thread(serviceUrl, channel, message, signal) {
      const channelData = { channel: { id: channel }, tenant };
      const parameters = { bot, tenantId, isGroup: true, channelData, activity: activityOf(message) };
      const made = await call(['thread', channel], { serviceUrl, signal }, (one) => one.create(parameters));
      return { serviceUrl, conversation: named(made?.id), activity: named(made?.activityId) };
    },
    async send({ serviceUrl, conversation }, message, signal) {
      const sent = await call(['send', conversation], { serviceUrl, signal }, (one) =>
        one.send(conversation, activityOf(message)),
      );
      return named(sent?.id);
    },
    async update({ serviceUrl, conversation }, activity, message, signal) {
      const whole = { ...activityOf(message), id: activity };
      await call(['update', conversation], { serviceUrl, signal }, (one) => one.update(conversation, activity, whole));
    },
    member: ({ serviceUrl, conversation }, user, signal) =>
      call(['member', conversation], { serviceUrl, signal }, (one) => one.member(conversation, user)),
  };
}

/** What is made has an ID ("Conversation operations"). A 200 without one is of a proxy or a filter, and nothing was posted. */
function named(id: unknown): string {
  if (typeof id !== 'string' || id === '') throw new ConnectorFailure({ code: 'NotTheConnector' });
  return id;
}

function activityOf(message: Outgoing): object {
  return { type: 'message', ...message };
}

/** Rejects after so long, or when the signal aborts, even where what is waited for heeds no signal. */
function within<T>(ms: number, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return limited(signal, ms, async (limit) => {
    limit.throwIfAborted();
    return orAborted(work(limit), limit);
  });
}
