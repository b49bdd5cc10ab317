import { JitError } from './errors.ts';

/** `badConfig` with each error of a configuration on a line of its own. */
export function badConfig(faults: readonly string[], cause?: unknown): JitError {
  const errors = faults.length === 1 ? '1 error' : `${faults.length} errors`;
  return new JitError('badConfig', { errors, faults: faults.map((fault) => `\n  ${fault}`).join('') }, { cause });
}
