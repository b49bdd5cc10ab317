import { configDefaults, defineConfig } from 'vitest/config';

/**
 * `--mode whole`: all tests, against the packed program. `--mode long`: more seeds and steps (test/setup/lane.ts), and all the time
 * that they need.
 */
export default defineConfig(({ mode }) => ({
  test: {
    include: ['test/**/*.test.ts'],
    // Several servers each, and minutes: for `npm run test:long` alone.
    exclude: [...configDefaults.exclude, ...(mode === 'long' ? [] : ['test/long/**'])],
    globalSetup: ['./test/setup/global.ts', ...(mode === 'whole' ? ['./test/setup/packed.ts'] : [])],
    setupFiles: ['./test/setup/loopback-only.ts', './test/setup/patience.ts', './test/setup/english-equals.ts'],
    env: { LANE: mode === 'long' ? 'long' : 'usual' },
    // Two processes that each start simulators, Redis and a browser are enough for a small machine.
    maxWorkers: 2,
    // A process of its own for each file cost more than a quarter of the time: loading the SDKs anew.
    isolate: false,
    unstubEnvs: true,
    // Nothing here says how fast a machine has to be: a test that hangs ends, and one on a busy machine does not.
    testTimeout: mode === 'long' ? 3_600_000 : 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 120_000 } },
    reporters: ['default', './test/reporter.ts'],
  },
}));
