import type { FirewallInPath, FirewallRuleFacts } from '../../adapters/azure/reach/model.ts';
import type { OrUnknown } from '../../src/core/packet/read.ts';
import { SECOND_WALL, WALL } from './azure-rules.ts';
import type { Dice } from './dice.ts';

/** Firewalls of every kind: classic and of policies, whose parents' rules come first as they are judged. */

const OFFICE = '/subscriptions/s/resourcegroups/rg/providers/microsoft.network/ipgroups/office';
const UNREAD = '/subscriptions/s/resourcegroups/rg/providers/microsoft.network/ipgroups/unread';
const SERVERS = '/subscriptions/s/resourcegroups/rg/providers/microsoft.network/ipgroups/servers';

const SENDERS = [
  '*',
  '198.51.100.7',
  '198.51.100.0/24',
  '10.0.0.0/8',
  '198.51.100.5-198.51.100.9',
  OFFICE,
  '10.1.0.0-10.1.2.3',
  '172.16.0.0/12',
];
/** What cannot be looked up, now and then. */
const UNCLEAR_SENDERS = [UNREAD, 'geo:NL'];
const TARGETS = [
  '*',
  '10.0.0.4',
  '10.0.0.0/8',
  '10.0.0.2-10.0.0.5',
  '10.0.0.5',
  SERVERS,
  WALL,
  'AzureMonitor',
  '10.0.0.4/31',
];
const UNCLEAR_TARGETS = ['web.internal', UNREAD];

export function firewalls(dice: Dice): readonly FirewallInPath[] {
  if (!dice.once(3)) return [];
  return [oneOf(dice, 'hub-fw'), ...(dice.once(5) ? [oneOf(dice, 'spoke-fw')] : [])];
}

function oneOf(dice: Dice, name: string): FirewallInPath {
  const hasPrivate = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];
  return {
    name,
    isClassic: dice.once(2),
    inside: [dice.pick(['10.9.1.0/26', '10.9.1.0/28'])],
    ipGroups: new Map<string, OrUnknown<readonly string[]>>([
      [OFFICE, { is: ['198.51.100.0/26', '203.0.113.9', '192.168.7.0/24'] }],
      [SERVERS, { is: ['10.0.0.4', '10.0.0.6-10.0.0.9'] }],
      [UNREAD, { unknown: 'who is in the IP group unread' }],
    ]),
    keepsSourceTo: dice.pick<FirewallInPath['keepsSourceTo']>([
      { is: hasPrivate },
      { is: hasPrivate },
      { is: hasPrivate },
      { is: [] },
      { is: ['0.0.0.0/0'] },
      { is: ['10.0.0.0/30', '172.16.0.0/12'] },
      { unknown: 'where the firewall keeps the source' },
    ]),
    ...(dice.once(8) ? { threats: { never: dice.pick([[], ['198.51.100.0/24']]) } } : {}),
    ...(dice.once(8) ? { isProxy: true } : {}),
    ...(dice.once(10) ? { doubt: 'whether the network is connected with the virtual hub' } : {}),
    rules: dice.once(10)
      ? { unknown: 'which rules are in force' }
      : {
          is: [
            ...dice.some(3, (i) => nat(dice, i)),
            ...dice.some(3, (i) => network(dice, i)),
            ...(dice.once(4) ? dice.some(2, (i) => application(dice, i)) : []),
          ],
        },
  };
}

function sender(dice: Dice): string {
  return dice.once(12) ? dice.pick(UNCLEAR_SENDERS) : dice.pick(SENDERS);
}

function nat(dice: Dice, i: number): FirewallRuleFacts {
  return {
    kind: 'nat',
    access: 'allow',
    path: `dnat/${i}`,
    protocols: [dice.pick(['tcp', 'tcp', 'udp', 'any'])],
    sources: [sender(dice), ...dice.some(1, () => sender(dice))],
    destinations: [WALL, ...(dice.once(6) ? [SECOND_WALL] : [])],
    ports: [dice.pick(['4022', '22', '4022', '4020-4030']), ...(dice.once(6) ? ['5022'] : [])],
    to: {
      address: dice.pick(['10.0.0.4', '10.0.0.4', '10.0.0.5', '10.7.7.7', ...(dice.once(6) ? ['web.internal'] : [])]),
      port: dice.pick(['22', '22', '3389']),
    },
  };
}

function network(dice: Dice, i: number): FirewallRuleFacts {
  return {
    kind: 'network',
    access: dice.pick(['deny', 'allow']),
    path: `net/${i}`,
    protocols: [dice.pick(['any', 'tcp', 'udp'])],
    sources: [sender(dice), ...dice.some(1, () => sender(dice))],
    destinations: [dice.once(12) ? dice.pick(UNCLEAR_TARGETS) : dice.pick(TARGETS)],
    ports: [dice.pick(['*', '22', '20-25', '4022', '3389'])],
  };
}

function application(dice: Dice, i: number): FirewallRuleFacts {
  return {
    kind: 'application',
    access: dice.pick(['allow', 'allow', 'deny']),
    path: `web/${i}`,
    protocols: ['tcp'],
    sources: [sender(dice)],
    destinations: [],
    ports: [dice.pick(['22', '443', '3389'])],
  };
}
