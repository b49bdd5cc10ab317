import { z } from 'zod';
import type { Sealer } from '../core/rule/seal.ts';
import type { RedisClient } from './client.ts';
import { short } from './keys.ts';
import { sealedBy } from './sealed.ts';

const schema = z.object({ who: z.string() });

/** Who said something first, in keys `said:<key>` that are set once. What nobody here wrote is as if it were not there. */
export class Said {
  readonly #redis: RedisClient;
  readonly #base: string;
  readonly #seals: Sealer | undefined;

  constructor(redis: RedisClient, base: string, seals: Sealer | undefined) {
    this.#redis = redis;
    this.#base = base;
    this.#seals = seals;
  }

  async first(key: string, who: string, ttlMs: number): Promise<string> {
    const [name, mine] = [this.#keyOf(key), this.#sealed(key, who)];
    await this.#redis.set(name, mine, 'PX', ttlMs, 'NX');
    // It may have gone between the two.
    const kept = await this.#redis.get(name);
    const said = kept === null ? who : this.#opened(key, kept);
    if (said !== undefined) return said;
    await this.#redis.set(name, mine, 'PX', ttlMs);
    return who;
  }

  async drop(key: string): Promise<void> {
    await this.#redis.del(this.#keyOf(key));
  }

  #sealed(key: string, who: string): string {
    return this.#seals ? sealedBy(this.#seals).seal(`said ${key}`, { who }) : who;
  }

  #opened(key: string, kept: string): string | undefined {
    return this.#seals ? schema.safeParse(sealedBy(this.#seals).open(`said ${key}`, kept)).data?.who : kept;
  }

  #keyOf(key: string): string {
    return `${this.#base}:said:${short(key)}`;
  }
}
