import type { Instance } from '@aws-sdk/client-ec2';
import { MINUTE_MS } from '../../../src/core/language/instant.ts';
import type { Machine } from '../../../src/core/machine/machine.ts';
import type { Aws } from './context.ts';
import { type AccountRegion, machineAt } from './ids.ts';
import { readInstances } from './read.ts';
import type { Site } from './sites.ts';
import { tagsOf } from './tags.ts';

/** How old a list may be. */
const KEPT_MS = MINUTE_MS;
/** Instances that are there; a terminated one lingers in the lists for about an hour. */
export const THERE = { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] };

const ENDLESS = new AbortController().signal;

/** An instance as people know it; undefined when its id is none. */
export function toMachine(where: AccountRegion, instance: Instance): Machine | undefined {
  const id = machineAt(where, instance.InstanceId ?? '');
  if (!id) return undefined;
  const tags = tagsOf(instance.Tags);
  return { id, name: tags.Name || (instance.InstanceId ?? ''), tags, location: `${where.account}, ${where.region}` };
}

/** The machines of all accounts and regions, read at most once a minute. */
export class Inventory {
  readonly #aws: Aws;
  #kept: { readonly at: number; readonly list: Promise<readonly Machine[]> } | undefined;

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  /** A region that cannot be read is logged and left out, unless none can. */
  async machines(signal: AbortSignal): Promise<readonly Machine[]> {
    signal.throwIfAborted();
    const now = this.#aws.now();
    if (!this.#kept || now - this.#kept.at >= KEPT_MS) this.#kept = { at: now, list: this.#read() };
    return orAborted(this.#kept.list, signal);
  }

  async #read(): Promise<readonly Machine[]> {
    await this.#aws.sites.organization.refresh(ENDLESS);
    const sites = this.#aws.sites.all();
    const lists = await Promise.allSettled(sites.map(readSite));
    const errors = lists.flatMap((list) => (list.status === 'rejected' ? [list.reason] : []));
    // A list that lacks something is not kept: the next who asks may get all of it.
    if (errors.length > 0) this.#kept = undefined;
    if (errors.length === sites.length) throw errors[0];
    for (const error of errors) this.#aws.log.warn({ error }, 'the machines of a region could not be read');
    return lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
  }
}

async function readSite(site: Site): Promise<readonly Machine[]> {
  const machines: Machine[] = [];
  for await (const instance of readInstances(site, [THERE], ENDLESS)) {
    const machine = toMachine(site, instance);
    if (machine) machines.push(machine);
  }
  return machines;
}

/** Others may wait for the same reading: one who gives up does not end it. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
