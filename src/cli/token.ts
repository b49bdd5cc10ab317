import { newKey } from '../http/api/keys.ts';
import { printJson, sayText } from './output.ts';

/** `jit token new`: a key for a service. It is nowhere kept: whoever loses it makes another. */
export function tokenVerb(json = false): void {
  const { key, hash } = newKey();
  if (json) printJson({ key, hash });
  else
    sayText(
      `The key, which is shown this once:\n  ${key}\nIts hash, for api.services in drawbridge.yaml:\n  keys: ["${hash}"]`,
    );
}
