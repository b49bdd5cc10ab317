import { createHash } from 'node:crypto';
import { JitError } from '../../../src/core/errors/errors.ts';
import { say } from '../../../src/core/language/say.ts';
import type { Rule } from '../../../src/core/rule/rule.ts';
import type { FirewallRule } from './rules.ts';

/** Ports of a firewall's public address that lead to machines: 40000 to 49999. */
const [FIRST, COUNT] = [40_000, 10_000];
/** Public addresses of a firewall and its unique pairs of address and port, with protocol ("Azure Firewall limits"). */
const MOST = 250;

interface Mapping {
  /** The public address that people connect to, and how many the firewall has. */
  readonly address: string;
  readonly addresses: number;
  /** The machine's address. */
  readonly to: string;
  /** The port that the rule has already. */
  readonly before: number | undefined;
}

/**
 * The port of the firewall's public address that leads to a port of a machine. It is the same whoever asks and whenever, as
 * long as nobody else has taken it; `others` are all rules but the one in question. Throws `cloudRefused` when the firewall
 * takes no more.
 */
export function mappedPort(
  others: readonly FirewallRule[],
  { address, addresses, to: target, before }: Mapping,
  { machine, port }: Pick<Rule, 'machine' | 'port'>,
): number {
  const translations = others.filter(({ kind }) => kind === 'nat');
  const there = translations.filter(({ destinations }) => destinations.includes(address));
  const isSame = ({ ours, to, protocols }: FirewallRule) =>
    ours && to?.address === target && to.port === String(port.number) && protocols.includes(port.protocol);
  const taken = new Set(there.filter((rule) => !isSame(rule)).flatMap(({ ports }) => ports.map(Number)));
  const shared = there.find(isSame)?.ports.map(Number);
  const known = [before, ...(shared ?? [])].find((one) => one !== undefined && !taken.has(one));
  if (known !== undefined) return known;
  const spots = translations.flatMap(({ destinations, ports, protocols }) =>
    protocols.map((protocol) => `${destinations}|${ports}|${protocol}`),
  );
  if (addresses + new Set(spots).size >= MOST)
    throw new JitError('azureInTheWay', { why: say`the firewall takes no more than ${MOST} translations` });
  const digest = createHash('sha256').update(`${machine}|${port.protocol}|${port.number}`).digest();
  let next = digest.readUInt32BE() % COUNT;
  while (taken.has(FIRST + next)) next = (next + 1) % COUNT;
  return FIRST + next;
}
