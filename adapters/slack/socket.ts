import { setTimeout as pause } from 'node:timers/promises';
import type { SocketModeReceiver } from '@slack/bolt';
import { JitError } from '../../src/core/errors/errors.ts';
import { limitedLog } from '../../src/kit/limited-log.ts';
import type { Log } from '../../src/ports/log.ts';
import { isRefusal, slackCode, slackError } from './errors.ts';
import type { SlackThrottle } from './throttle.ts';
import { within } from './within.ts';

const CONNECT_MS = 10_000;
const LEAVE_MS = 2_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** Whatever Slack asks for: a timer has no room for more than some weeks, and ends at once. */
const MOST_WANTED_MS = 15 * 60_000;

/**
 * Keeps one Socket Mode connection. Slack itself ends each after some hours
 * (https://docs.slack.dev/apis/events-api/using-socket-mode); a new one is made at once, and after failures with pauses
 * that grow, and not before Slack wants to be asked again.
 */
export class SocketConnection {
  readonly #client: SocketModeReceiver['client'];
  readonly #throttle: SlackThrottle;
  readonly #log: Log;
  readonly #stop = new AbortController();
  #connecting = false;

  constructor({ client }: Pick<SocketModeReceiver, 'client'>, throttle: SlackThrottle, log: Log) {
    this.#client = client;
    this.#throttle = throttle;
    this.#log = log;
    client.on('disconnected', () => void this.#keep());
    catchFrames(client, limitedLog(log));
  }

  /** Resolves after the first try; where Slack was silent, the next ones go on behind. Throws when Slack refuses us. */
  async start(): Promise<void> {
    const failure = await this.#connect();
    if (!failure) return;
    if (isRefusal(failure))
      throw new JitError('chatRefused', { chat: 'Slack', code: slackCode(failure) ?? '' }, { cause: failure });
    void this.#keep();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await within(LEAVE_MS, this.#client.disconnect()).catch(() => {});
  }

  /** Tries until there is a connection, or nobody wants one any more. */
  async #keep(): Promise<void> {
    const { signal } = this.#stop;
    for (let tries = 0; !signal.aborted && !this.#connecting; tries += 1) {
      const failure = await this.#connect();
      if (!failure) return;
      const ms = Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS);
      const wantedMs = Math.min(slackError(failure).retryAfterMs ?? 0, MOST_WANTED_MS);
      await pause(Math.max(ms, wantedMs), undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /** What went wrong; undefined with a connection. */
  async #connect(): Promise<unknown> {
    this.#connecting = true;
    try {
      // The receiver asks by a client of its own.
      const start = () => within(CONNECT_MS, this.#client.start());
      await this.#throttle.run('apps.connections.open', start);
      // Stopped meanwhile: what was just made is not wanted.
      if (this.#stop.signal.aborted) await this.stop();
      return undefined;
    } catch (error) {
      const failure = error ?? new Error('the connection was closed before it was ready');
      if (!this.#stop.signal.aborted)
        this.#log.warn({ error: failure }, 'no Socket Mode connection to Slack; trying again');
      return failure;
    } finally {
      this.#connecting = false;
    }
  }
}

type Frames = (...frame: readonly unknown[]) => unknown;

/**
 * The client takes a frame in a promise that nobody waits for (socket-mode 3.1.0: `onWebSocketMessage`), so that a `null` ended
 * the process. What it cannot read is left.
 */
function catchFrames(client: SocketModeReceiver['client'], log: Log): void {
  const takes = client.listeners('ws_message') as readonly Frames[];
  client.removeAllListeners('ws_message');
  client.on('ws_message', (...frame: readonly unknown[]) => {
    for (const take of takes)
      Promise.try(take, ...frame).catch((error: unknown) => log.warn({ error }, 'a frame from Slack cannot be read'));
  });
}
