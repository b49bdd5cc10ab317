import type { MarkSigner } from '../../src/core/mark.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Closed } from './closed.ts';
import type { Sites } from './sites.ts';

/** What every verb of this adapter works with. */
export interface Aws {
  readonly sites: Sites;
  readonly marks: MarkSigner;
  readonly installation: string;
  readonly log: Log;
  /** The process clock, for what is kept a while only. */
  now(): number;
  readonly closed: Closed;
  /** Waits, or throws when the signal aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}
