import { vi } from 'vitest';

/**
 * Loaded into every test file: what is waited for comes, and how soon depends on what else the machine does. So no wait
 * ends sooner than this; `expect.poll` and the tests have theirs in vitest.config.ts.
 */
const PATIENCE_MS = 120_000;

type Options = number | { readonly interval?: number };

function patient(options: Options = {}): { timeout: number; interval?: number } {
  const { interval } = typeof options === 'number' ? {} : options;
  return { timeout: PATIENCE_MS, ...(interval === undefined ? {} : { interval }) };
}

const { waitFor, waitUntil } = vi;
vi.waitFor = (callback, options) => waitFor(callback, patient(options as Options));
vi.waitUntil = (callback, options) => waitUntil(callback, patient(options as Options));
