import type { FirewallInPath, FirewallRuleFacts } from '../../adapters/azure/reach/model.ts';
import type { AzureTruth } from './azure-oracle.ts';
import type { Wall } from './azure-wall-oracle.ts';
import type { Alternatives } from './dice.ts';
import { edgesOf, isAddressText } from './plain-address.ts';
import { PUBLIC } from './public-prefixes.ts';

/** What of firewalls is not known, with all that it may really be. */

type Change = Alternatives<AzureTruth>;

const EVERYTHING = ['0.0.0.0/0', '::/0'];
const unchanged = (truth: AzureTruth): AzureTruth => truth;

const letsAllIn = (to: string): FirewallRuleFacts => ({
  kind: 'nat',
  access: 'allow',
  path: 'unread',
  protocols: ['any'],
  sources: ['*'],
  destinations: ['*'],
  ports: ['*'],
  to: { address: 'anywhere', port: to },
});

export function unclearWalls(walls: readonly FirewallInPath[], port: string): readonly Change[] {
  return walls.flatMap((wall): readonly Change[] => {
    const changed = (change: (one: Wall) => Partial<Wall>) => (truth: AzureTruth) => ({
      ...truth,
      firewalls: truth.firewalls.map((one) => (one.name === wall.name ? { ...one, ...change(one) } : one)),
    });
    const change = (more: Partial<Wall>) => changed(() => more);
    const senders = wall.inside.flatMap((prefix) => edgesOf(prefix).slice(1, 3));
    const sends: Change = senders.map((sendsFrom) => change({ sendsFrom }));
    const isHub: readonly Change[] = wall.doubt === undefined ? [] : [[unchanged, change({ isNear: false })]];
    if ('unknown' in wall.rules) {
      const all = { ...letsAllIn(port), kind: 'network' } as const;
      const open = { rules: [letsAllIn(port), all], words: new Map([['anywhere', EVERYTHING]]) };
      return [sends, ...isHub, [unchanged, change(open)]];
    }
    const words = wall.rules.is.flatMap((rule) => [...rule.sources, ...rule.destinations, rule.to?.address ?? '']);
    const isUnread = (word: string) =>
      !isAddressText(word) && !/^$|^\*$|^Azure/.test(word) && !('is' in (wall.ipGroups.get(word) ?? {}));
    const applied = wall.rules.is.filter(({ kind }) => kind === 'application');
    return [
      sends,
      ...isHub,
      ...[...new Set(words)]
        .filter(isUnread)
        .map((word): Change => [unchanged, changed((one) => ({ words: new Map([...one.words, [word, EVERYTHING]]) }))]),
      ...applied.map(({ path }): Change => [unchanged, changed((one) => ({ applied: [...one.applied, path] }))]),
      ...('unknown' in wall.keepsSourceTo ? [[unchanged, change({ keepsSourceTo: [] })]] : []),
      ...(wall.threats ? [[unchanged, change({ listed: PUBLIC })]] : []),
    ];
  });
}
