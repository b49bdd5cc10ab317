import { AsyncLocalStorage } from 'node:async_hooks';

const silent = new AsyncLocalStorage<true>();
const ours = new WeakSet<typeof console.error>();

/**
 * Runs what prints to `console.error` itself, without that: botbuilder prints a stack trace or the issuer's keys for each
 * token that it refuses, and throws as well. What others print meanwhile is still seen.
 */
export function silently<T>(work: () => Promise<T>): Promise<T> {
  const print = console.error;
  if (!ours.has(print)) {
    console.error = (...parts: readonly unknown[]) => {
      if (!silent.getStore()) print(...parts);
    };
    ours.add(console.error);
  }
  return silent.run(true, work);
}
