import type { Instant } from '../../../src/core/language/instant.ts';
import { tidy } from '../../../src/core/language/text.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import type { Placement, Rule } from '../../../src/core/rule/rule.ts';
import { isPrivate, parseSource } from '../../../src/core/rule/source.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import type { Opening } from '../../../src/ports/cloud.ts';
import type { Subscription } from '../arm/clients.ts';
import type { Azure } from '../arm/context.ts';
import { keepsOut } from '../arm/evaluate.ts';
import type { ArmId } from '../arm/ids.ts';
import type { NsgRule } from '../arm/nsg-rules.ts';
import type { GuardingGroup } from './lease-rules.ts';
import { noPlace, priorityToAllow } from './priority.ts';
import { many } from './rule-body.ts';
import { type Wanted, writeUntil } from './write.ts';

const LONGEST_TEXT = 140;

/** An allow rule of a lease. */
export interface Allow {
  readonly name: string;
  readonly placement: Placement;
  readonly until: Instant;
  readonly port: Port;
  /** Canonical prefixes. */
  readonly sources: readonly string[];
  readonly description: string;
}

/** The mark, and behind it for people what it is about, as far as there is room. */
export function describe({ marks }: Azure, { placement, until, note }: Opening, more = ''): string {
  const words = `${more} req=${note.request} for=${note.requester} by=${note.approver}`;
  return `${marks.sign(placement, until)} ${tidy(words, LONGEST_TEXT)}`.slice(0, LONGEST_TEXT).trim();
}

/** Makes a rule be there with its mark, before any that would deny the same. Gives how often it was written, and whether it was there before. */
export async function allowIn(
  azure: Azure,
  site: Subscription,
  guard: GuardingGroup,
  allow: Allow,
  allowed: Allowed,
): Promise<{ readonly written: number; readonly existed: boolean }> {
  let existed: boolean | undefined;
  const next = (rules: readonly NsgRule[]) => {
    existed ??= rules.some(({ name, access }) => name === allow.name && access === 'allow');
    return nextAllow(azure, allow, guard, rules);
  };
  const written = await writeUntil(azure, site, guard.group, next, allowed);
  return { written, existed: existed ?? false };
}

function nextAllow(
  azure: Azure,
  allow: Allow,
  { group, addresses }: GuardingGroup,
  rules: readonly NsgRule[],
): Wanted | 'wait' | undefined {
  const { name, placement, until, port, sources, description } = allow;
  const before = rules.find((one) => one.name === name);
  const others = rules.filter((one) => one !== before);
  const denies = deniesFor(allow, addresses);
  const end = Math.min(...others.filter(denies).map(({ priority }) => priority));
  const isRight =
    before !== undefined &&
    before.priority < end &&
    isFor(before, allow, addresses) &&
    azure.marks.verify(before.description, placement).until === until;
  if (isRight && !before.hasFailed) return before.settled ? undefined : 'wait';
  const inTime = before && before.priority < end ? before.priority : undefined;
  const priority = inTime ?? placeBefore(group, others, denies);
  return {
    name,
    properties: {
      access: 'Allow',
      direction: 'Inbound',
      priority,
      protocol: port.protocol === 'udp' ? 'Udp' : 'Tcp',
      ...many('sourceAddressPrefix', sources),
      sourcePortRange: '*',
      destinationPortRange: String(port.number),
      ...many('destinationAddressPrefix', addresses),
      description,
    },
  };
}

/** Throws `azureInTheWay` where no rule of a lease could go before what denies the same. */
export function mustHavePlace(
  { group, addresses }: GuardingGroup,
  { port, source }: Pick<Rule, 'port' | 'source'>,
  rules: readonly NsgRule[],
): void {
  placeBefore(group, rules, deniesFor({ port, sources: [source] }, addresses));
}

function deniesFor({ port, sources }: Pick<Allow, 'port' | 'sources'>, addresses: readonly string[]) {
  return (rule: NsgRule) =>
    sources.some((source) => {
      const taken = rule.sources.filter((text) => mayHold(text, source));
      return keepsOut({ ...rule, sources: taken }, { port, source }, addresses);
    });
}

/** The Internet holds no private address, and the load balancer's probe is one address that nobody has ("Service tags"). */
function mayHold(text: string, source: string): boolean {
  const word = text.toLowerCase();
  return word !== 'azureloadbalancer' && (word !== 'internet' || !isPrivate(source));
}

function placeBefore(group: ArmId, rules: readonly NsgRule[], denies: (rule: NsgRule) => boolean): number {
  const priority = priorityToAllow(rules, denies);
  if (priority !== undefined) return priority;
  const [first] = rules.filter(denies).toSorted((a, b) => a.priority - b.priority);
  throw noPlace('before', first, group);
}

/** Is a rule about exactly this? */
function isFor(found: NsgRule, { port, sources }: Pick<Allow, 'port' | 'sources'>, addresses: readonly string[]) {
  const sorted = (all: readonly string[]) => String([...all].map(parseSource).sort());
  return (
    found.access === 'allow' &&
    found.protocol === port.protocol &&
    String(found.ports) === String(port.number) &&
    sorted(found.sources) === sorted(sources) &&
    sorted(found.destinations) === sorted(addresses)
  );
}
