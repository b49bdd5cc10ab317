import { vi } from 'vitest';

/**
 * Loaded into every test file: what is waited for comes, and how soon depends on what else the machine does. So no wait
 * ends sooner than this; `expect.poll` and the tests have theirs in vitest.config.ts.
 */
const PATIENCE_MS = 60_000;

const waitFor = vi.waitFor;
vi.waitFor = (callback, options = {}) => {
  const { interval } = typeof options === 'number' ? {} : options;
  return waitFor(callback, { timeout: PATIENCE_MS, ...(interval === undefined ? {} : { interval }) });
};
