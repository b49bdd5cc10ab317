import ipaddr from 'ipaddr.js';
import { type Port, portText } from './port.ts';
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

/** Where one port is dialled. */
export interface Dial {
  /** An IP address. */
  readonly address: string;
  readonly port: number;
  /** The machine's port, as `22` or `53/udp`. */
  readonly of: string;
}

const TEXT = /^(?:\[([\da-f:.]+)\]|([\da-f:.]+?))(?::(\d{1,5}))?(?: for (\d{1,5}(?:\/udp)?))?$/i;

/** What was kept as words (`198.51.100.9:40022 for 22`, `203.0.113.9`) as addresses and ports again; what is none is left out. */
export function dialsOf(texts: readonly string[], ports: readonly Port[]): readonly Dial[] {
  return texts
    .flatMap((text) => text.split(', '))
    .flatMap((text) => {
      // Of IPv6 without brackets, no colon begins a port.
      const whole = ipaddr.isValid(text) ? text : undefined;
      const [, inside, bare, led, of] = whole === undefined ? (TEXT.exec(text) ?? []) : [];
      const address = whole ?? inside ?? bare ?? '';
      if (!ipaddr.isValid(address) || !/[.:]/.test(address)) return [];
      const own = ports.filter((port) => of === undefined || portText(port) === of);
      return own.map((port) => ({ address, port: led === undefined ? port.number : Number(led), of: portText(port) }));
    });
}
