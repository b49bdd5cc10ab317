import { portText } from './port.ts';
import type { Rule } from './rule.ts';

/** Where people connect to, in words: with the machine's port where there are several. Undefined where it is the machine itself. */
export function connectText(ways: readonly { readonly rule: Rule; readonly connect?: string }[]): string | undefined {
  const known = ways.filter(({ connect }) => connect !== undefined);
  if (known.length === 0) return undefined;
  const words = known.map(({ rule, connect }) =>
    known.length > 1 ? `${connect} for ${portText(rule.port)}` : connect,
  );
  return words.join(', ');
}
