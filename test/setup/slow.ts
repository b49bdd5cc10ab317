/**
 * What starts programs, browsers, real Redis, or packages, and transcripts and random runs that take minutes: `npm run test:slow`. All else is
 * `npm test`, which every change waits for, and which is to take five minutes on a small machine.
 */
export const SLOW: readonly string[] = [
  'test/adapters/*/conformance.test.ts',
  'test/adapters/aws/random.test.ts',
  'test/bench/**',
  'test/browser/**',
  'test/chaos/**',
  'test/conformance/**',
  'test/crash/**',
  'test/docs/commands.test.ts',
  'test/fuzz/**',
  'test/manifests/{container,licences,package,terraform}.test.ts',
  'test/observe/loaded.test.ts',
  'test/packets/**',
  'test/process/**',
  'test/redis/**',
  'test/scenarios/**',
];
