/**
 * What starts programs, browsers, or packages, and transcripts and random runs that take minutes: `npm run test:slow`. All else is
 * `npm test`, which every change waits for, and which is to take five minutes on a small machine.
 */
export const SLOW: readonly string[] = [
  'test/bench/**',
  'test/browser/**',
  'test/chaos/**',
  'test/crash/**',
  'test/docs/commands.test.ts',
  'test/fuzz/**',
  'test/manifests/{container,licences,package,terraform}.test.ts',
  'test/packets/**',
  'test/process/**',
  'test/scenarios/**',
];
