import { configDefaults, defineConfig } from 'vitest/config';
import { SLOW } from './test/setup/slow.ts';

/**
 * `--mode usual`: what every change waits for. `--mode slow`: the rest (test/setup/slow.ts), against the packed program. `--mode long`:
 * more seeds and steps (test/setup/lane.ts), and all the time that they need. None: what is named, as `npx vitest run test/core` does.
 */
export default defineConfig(({ mode }) => ({
  test: {
    include: mode === 'slow' ? [...SLOW.map(testsIn)] : ['test/**/*.test.ts'],
    // Several servers each, and minutes: for `npm run test:long` alone.
    exclude: [
      ...configDefaults.exclude,
      ...(mode === 'long' ? [] : ['test/long/**']),
      ...(mode === 'usual' ? SLOW : []),
    ],
    globalSetup: ['./test/setup/global.ts', ...(mode === 'slow' ? ['./test/setup/packed.ts'] : [])],
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

function testsIn(pattern: string): string {
  return pattern.replace(/\*\*$/, '**/*.test.ts');
}
