import { defineConfig } from 'vitest/config';

/** What `npm run mutate` holds each change of src/core, src/app and src/redis against: tests of seconds, not minutes. */
export default defineConfig({
  test: {
    include: ['test/{core,app,memory,crash,conformance}/**/*.test.ts', 'test/redis/{clock,lock,store,time}.test.ts'],
    globalSetup: ['./test/setup/global.ts'],
    setupFiles: ['./test/setup/loopback-only.ts', './test/setup/patience.ts', './test/setup/english-equals.ts'],
    env: { LANE: 'usual', CRASH_RUNS: '100' },
    // A change that makes a test wait for ever is found, and that is all there is to know of it.
    testTimeout: 20_000,
    isolate: false,
  },
});
