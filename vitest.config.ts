import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['./test/setup/global.ts'],
    setupFiles: ['./test/setup/loopback-only.ts', './test/setup/patience.ts'],
    // Two processes that each start simulators, Redis and a browser are enough for a small machine.
    maxWorkers: 2,
    // Nothing here says how fast a machine has to be: a test that hangs ends, and one on a busy machine does not.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    reporters: ['default', './test/reporter.ts'],
  },
});
