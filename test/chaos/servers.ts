import type { RedisClient } from '../../src/redis/client.ts';

/** The Redis of a run, and what is done to it. */
export interface Servers {
  /** Its part of drawbridge.yaml. */
  readonly settings: object;
  /** The operator's connection. */
  readonly operator: RedisClient;
  /** The one that takes writes, with -9. */
  kill(): Promise<void>;
  start(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  fill(isFull: boolean): Promise<void>;
  /** The one that takes writes is made a replica, past whoever watches. */
  demote(): Promise<void>;
  promote(): Promise<void>;
  /** Another one takes over, as planned. Not there where there is no other. */
  failOver?(): Promise<void>;
  /** Keeps what is on disk now. */
  snapshot(): Promise<void>;
  /** Only what was kept is there any more. */
  rollBack(): Promise<void>;
  stop(): Promise<void>;
}
