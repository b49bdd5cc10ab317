import type { Request } from '../core/request/request.ts';

/** Some hundred bytes each. */
const MOST = 20_000;

interface Seen {
  readonly version: number;
  /** Of the store: what one that went back has is compared and judged apart. */
  readonly epoch: number;
  readonly at: number;
}

/**
 * The newest versions that this process came across, so many at most. Redis answers on one connection in order, so whatever was
 * seen before something was asked is there, or newer, unless the store went back, which is another epoch, or somebody wrote an
 * older record over it, whose seal is right.
 */
export class NewestSeen {
  readonly #seen = new Map<string, Seen>();
  readonly #most: number;
  #at = 0;

  constructor(most = MOST) {
    this.#most = most;
  }

  /** Before something is asked. */
  mark(): number {
    this.#at += 1;
    return this.#at;
  }

  see({ id, version, isUnsealed }: Pick<Request, 'id' | 'version' | 'isUnsealed'>, epoch: number): void {
    // Whoever writes one of their own names any version.
    if (isUnsealed) return;
    const before = this.#seen.get(id);
    if (before && before.epoch >= epoch && before.version >= version) return;
    this.#seen.delete(id);
    this.#seen.set(id, { version, epoch, at: this.mark() });
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > this.#most && oldest !== undefined) this.#seen.delete(oldest);
  }

  /** Was a newer version there before this one was asked for? */
  isOlder({ id, version }: Pick<Request, 'id' | 'version'>, epoch: number, asked: number): boolean {
    const newest = this.#seen.get(id);
    return newest !== undefined && newest.epoch === epoch && newest.at < asked && newest.version > version;
  }
}
