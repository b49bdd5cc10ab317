import { MINUTE_MS, SECOND_MS } from '../../../src/core/language/instant.ts';
import type { Machine } from '../../../src/core/machine/machine.ts';
import type { Subscription } from './clients.ts';
import type { Azure } from './context.ts';
import { toMachine } from './machine.ts';

/** How old a list may be. */
const KEPT_MS = MINUTE_MS;
const LIST_MS = 30 * SECOND_MS;
const ENDLESS = new AbortController().signal;

/** The machines of all subscriptions, read at most once a minute. */
export class Inventory {
  readonly #azure: Azure;
  #kept: { readonly at: number; readonly list: Promise<readonly Machine[]> } | undefined;

  constructor(azure: Azure) {
    this.#azure = azure;
  }

  /** A subscription that cannot be read is logged and left out, unless none can. */
  async machines(signal: AbortSignal): Promise<readonly Machine[]> {
    signal.throwIfAborted();
    const now = this.#azure.now();
    if (!this.#kept || now - this.#kept.at >= KEPT_MS) this.#kept = { at: now, list: this.#read() };
    const { promise, reject } = Promise.withResolvers<never>();
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      // Others may wait for the same reading: one who gives up does not end it.
      return await Promise.race([this.#kept.list, promise]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async #read(): Promise<readonly Machine[]> {
    const { subscriptions, log } = this.#azure;
    const lists = await Promise.allSettled(subscriptions.map((site) => readMachines(site, ENDLESS)));
    const errors = lists.flatMap((list) => (list.status === 'rejected' ? [list.reason] : []));
    // A list that lacks something is not kept: the next who asks may get all of it.
    if (errors.length > 0) this.#kept = undefined;
    if (errors.length === subscriptions.length) throw errors[0];
    for (const error of errors) log.warn({ error }, 'the machines of a subscription could not be read');
    return lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
  }
}

/** All machines of a subscription, read now. */
export async function readMachines(site: Subscription, signal: AbortSignal): Promise<readonly Machine[]> {
  const all = await site.read(
    signal,
    ({ compute }, options) => Array.fromAsync(compute.virtualMachines.listAll(options)),
    LIST_MS,
  );
  return all.flatMap((vm) => toMachine(vm) ?? []);
}
