import { randomBytes } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import { SlackError } from './errors.ts';

const LIFE_MS = 3000;

/** The tickets that let an app open a modal: good for three seconds and one use. */
export class Triggers {
  readonly #issued = new Map<string, { readonly userId: string; readonly atMs: number; used: boolean }>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issue(userId: string): string {
    const id = `${this.#issued.size + 1}.${Math.floor(this.#clock() / 1000)}.${randomBytes(16).toString('hex')}`;
    this.#issued.set(id, { userId, atMs: this.#clock(), used: false });
    return id;
  }

  /** Opens something for the trigger's person. Refused when it is unknown, old or used; it is used up only by success. */
  exchange<T>(id: string, open: (userId: string) => T): T {
    const trigger = this.#issued.get(id);
    if (!trigger) throw new SlackError('invalid_trigger_id');
    if (this.#clock() - trigger.atMs > LIFE_MS) throw new SlackError('expired_trigger_id');
    if (trigger.used) throw new SlackError('exchanged_trigger_id');
    const opened = open(trigger.userId);
    trigger.used = true;
    return opened;
  }
}
