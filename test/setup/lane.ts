/**
 * `npm run test:long` runs the same tests with more seeds and steps than every change needs. It sets LANE, in
 * vitest.config.ts.
 */
export function often(usual: number, long: number): number {
  return process.env.LANE === 'long' ? long : usual;
}
