import type { Request } from '../../src/core/request/request.ts';

/** Where the policies of the model let an access be moved. */
const MAY_MOVE = /^203\.0\.113\.(?:\d|1[0-5])\/32$/;

/**
 * Knows which source was asked for and approved of each request, and which request goes on with which: what is open from a source that is
 * neither approved nor one that it might be moved to is wrong, and so is what opens before the source that it left is closed.
 */
export class MoveOracle {
  readonly #say: (what: string) => void;
  readonly #last = new Map<string, Request>();
  readonly #ended = new Set<string>();
  /** By request: where it may be open from. */
  readonly #sources = new Map<string, string>();
  #moved = 0;

  constructor(say: (what: string) => void) {
    this.#say = say;
  }

  /** How many were moved. */
  get moved(): number {
    return this.#moved;
  }

  /** A request was committed like this. */
  commits(request: Request): void {
    const { id, source, status } = request;
    if (status === 'pending' && !request.moved) this.#sources.set(id, source);
    if (status === 'activating' && request.moved && !this.#sources.has(id)) this.#goesOn(request);
    if (status === 'ended') this.#ended.add(id);
    if (this.#sources.has(id) && this.#sources.get(id) !== source)
      this.#say(`${id} has another source than was approved`);
    this.#last.set(id, request);
  }

  #goesOn({ id, follows = '', moved, source, lease, ...request }: Extract<Request, { status: 'activating' }>): void {
    const before = this.#last.get(follows);
    this.#sources.set(id, source);
    this.#moved += 1;
    if (before?.status !== 'closing' || before.source !== moved?.from) {
      this.#say(`${id} was moved from what is not given up`);
      return;
    }
    const isSame = before.machine === request.machine && before.requester.id === request.requester.id;
    const ports = (of: Pick<Request, 'ports'>) => of.ports.map(({ number }) => number).join();
    if (!isSame || ports(before) !== ports(request)) this.#say(`${id} is another access than what was moved`);
    if (lease.until !== before.lease.until) this.#say(`${id} was moved, and ends at another time`);
    if (!MAY_MOVE.test(source)) this.#say(`${id} was moved to ${source}`);
  }

  /** It is about to be opened from there. */
  opens(id: string, source: string): void {
    const request = this.#last.get(id);
    if (!request) return;
    if (this.#sources.get(id) !== source) this.#say(`${id} opens from ${source}, which nobody approved`);
    if (request.moved && !this.#ended.has(request.follows ?? ''))
      this.#say(`${id} opens before what it left is proven closed`);
  }
}
