import type { Clock } from '../shared/clock.ts';
import type { Reply } from './route.ts';

/** One call as the page and the tests see it. */
export interface LogEntry {
  /** UTC ms on the simulator's clock. */
  readonly atMs: number;
  readonly operation: string;
  /** HTTP method, or `LATE` for the effect of a call that was cut before. */
  readonly method: string;
  readonly path: string;
  /** HTTP status; 0 where the connection was cut before anything happened. */
  readonly status: number;
  /** What was asked of which resource and how it went, in one line. */
  readonly summary: string;
  /** The planned fault that struck the call. */
  readonly fault?: string | undefined;
}

const KEPT_ENTRIES = 2000;

/** What was called, newest last. */
export class Log {
  readonly #clock: Clock;
  readonly #changed: () => void;
  #entries: LogEntry[] = [];
  #bugs: unknown[] = [];

  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  add(call: { operation: string; method: string; path: string; reply: Reply; fault?: string | undefined }): void {
    const { operation, method, path, reply, fault } = call;
    const body = reply.body as { error?: string | { code?: string } } | undefined;
    const code = typeof body?.error === 'object' ? body.error.code : body?.error;
    const outcome = reply.status === 0 ? 'cut' : [reply.status, code].filter(Boolean).join(' ');
    const target = reply.note ?? path.slice(path.lastIndexOf('/') + 1);
    const summary = `${operation} ${target} → ${outcome}`;
    this.#entries.push({ atMs: this.#clock(), operation, method, path, status: reply.status, summary, fault });
    if (this.#entries.length > KEPT_ENTRIES) this.#entries.shift();
    this.#changed();
  }

  /** Keeps a fault of the simulator itself; `stop` throws the first, so that no test passes over it. */
  bug(error: unknown): void {
    this.#bugs.push(error);
  }

  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  get firstBug(): unknown {
    return this.#bugs[0];
  }
}
