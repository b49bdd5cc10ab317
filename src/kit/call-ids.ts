import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallIds } from '../ports/call-ids.ts';
import type { CallWatch } from '../ports/meter.ts';

/** Is told of each call that was carried out. */
export type Collector = (call: string) => void;

const collecting = new AsyncLocalStorage<Collector>();

export const callIds: CallIds = {
  collect: (into, work) => collecting.run((call) => void into.push(call), work),
};

/** Tells whoever collects of calls that changed something; those that were refused changed nothing. */
export const watchIds: CallWatch = ({ operation, isChange }) => {
  const collector = isChange ? collecting.getStore() : undefined;
  return (outcome, { id } = {}) => {
    if (outcome === 'done' && id !== undefined) collector?.(`${operation} ${id}`);
  };
};

/** Whoever collects here, to be told of a call that is made for several. */
export function collector(): Collector | undefined {
  return collecting.getStore();
}

/** Runs work that several asked for: each is told of its calls. */
export function collectForAll<T>(all: readonly (Collector | undefined)[], work: () => Promise<T>): Promise<T> {
  return collecting.run((call) => {
    for (const one of all) one?.(call);
  }, work);
}

/** One watch for several. */
export function watchedBy(...watches: readonly (CallWatch | undefined)[]): CallWatch {
  return (call) => {
    const ends = watches.map((watch) => watch?.(call));
    return (...ended) => {
      for (const end of ends) end?.(...ended);
    };
  };
}
