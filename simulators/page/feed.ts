import type { ServerResponse } from 'node:http';
import type { PageState } from './state.ts';

/** Between two states that are sent, at least. */
const GAP_MS = 100;
/** Rules that end by themselves change without anybody doing anything. */
const LOOK_MS = 1000;
const HEARTBEAT_MS = 15_000;

/** Sends the state to every open page as server-sent events, once something in it has changed. */
export class Feed {
  readonly #look: () => Omit<PageState, 'nowMs'>;
  readonly #pages = new Set<ServerResponse>();
  readonly #timers: readonly NodeJS.Timeout[];
  #last = '';
  #soon: NodeJS.Timeout | undefined;

  constructor(look: () => Omit<PageState, 'nowMs'>) {
    this.#look = look;
    this.#timers = [
      setInterval(() => this.#send(), LOOK_MS),
      setInterval(() => this.#write(': still here\n\n'), HEARTBEAT_MS),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  /** Sends one page the state now, and then each new one. */
  add(page: ServerResponse): void {
    page.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    page.on('close', () => this.#pages.delete(page));
    this.#pages.add(page);
    page.write(event(JSON.stringify(this.#look())));
  }

  changed(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.#send();
    }, GAP_MS);
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#soon);
    for (const page of this.#pages) page.end();
  }

  #send(): void {
    if (this.#pages.size === 0) return;
    const state = JSON.stringify(this.#look());
    if (state === this.#last) return;
    this.#last = state;
    this.#write(event(state));
  }

  #write(text: string): void {
    for (const page of this.#pages) page.write(text);
  }
}

/** The state as one event, stamped with the time now. */
const event = (state: string): string => `data: {"nowMs":${Date.now()},${state.slice(1)}\n\n`;
