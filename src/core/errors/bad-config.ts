import { JitError } from './errors.ts';

/** `badConfig` with each error of a configuration, or of another file that people write, on a line of its own. */
export function badConfig(faults: readonly string[], cause?: unknown, what = 'The configuration'): JitError {
  const errors = faults.length === 1 ? '1 error' : `${faults.length} errors`;
  return new JitError('badConfig', { what, errors, faults: faults.map((fault) => `\n  ${fault}`).join('') }, { cause });
}
