import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NetworkInterfaceFacts, SecurityGroup, TrafficRule } from '../../adapters/azure/reach/model.ts';
import type { OrUnknown } from '../../src/core/packet/read.ts';
import { type Compared, compare, falseAnswers } from './azure-check.ts';
import { type AzureWorld, azureWorld, azureWorldOf } from './azure-worlds.ts';
import { anyTape } from './dice.ts';
import { judgeWorlds, SEED, say, worldsToTry } from './figures.ts';

/** The evaluation of Azure against an oracle that judges packet by packet and shares no code with it. */

const LONG = 24 * 3600_000;
const PROBES = 14;

describe('what is said to be open or closed in Azure', () => {
  it('is so in every world, and little is left untold where it is sure', { timeout: LONG }, () => {
    const figures = judgeWorlds(worldsToTry(300), (tape) => {
      const world = azureWorld(tape);
      return { compared: compare(world, PROBES), isComplete: world.isComplete, isKnown: world.isKnown };
    });
    say('azure', figures);
    expect(figures).toMatchObject({ falselyClosed: 0, falselyOpen: 0, untoldThoughKnown: 0 });
    expect(figures.untold / figures.sure).toBeLessThan(0.01);
  });
});

describe('what is said of answers in Azure', () => {
  it('is so where the routes tell it', () => {
    fc.assert(
      fc.property(anyTape, (tape) => {
        expect(falseAnswers(azureWorld(tape), PROBES)).toEqual([]);
      }),
      { ...SEED, numRuns: 300 },
    );
  });
});

/** What is said before and after a change, probe by probe. */
function both(world: AzureWorld, change: (view: NetworkInterfaceFacts) => NetworkInterfaceFacts) {
  const before = compare({ ...world, truths: [] }, PROBES);
  const after = compare({ ...azureWorldOf(change(world.view), world.walls, world.asked), truths: [] }, PROBES);
  const key = ({ entrance: { kind, at, port, forwarding, address }, source }: Compared) =>
    [kind, at, port, forwarding?.name, address.address, source].join(' ');
  const then = new Map(after.map((one) => [key(one), one.said]));
  return before.flatMap((one) => {
    const said = then.get(key(one));
    return said === undefined ? [] : [{ before: one.said, after: said, at: key(one) }];
  });
}

type Rules = (rules: readonly TrafficRule[]) => readonly TrafficRule[];

function withRules(view: NetworkInterfaceFacts, change: Rules): NetworkInterfaceFacts {
  const changed = (group: OrUnknown<SecurityGroup> | undefined) =>
    group && 'is' in group ? { is: { ...group.is, rules: change(group.is.rules) } } : group;
  const [subnetGroup, ownGroup] = [changed(view.subnetGroup), changed(view.ownGroup)];
  return { ...view, ...(subnetGroup ? { subnetGroup } : {}), ...(ownGroup ? { ownGroup } : {}) };
}

const RANK = { closed: 0, 'cannot tell': 1, open: 2 };
const ADDED: TrafficRule = {
  name: 'added',
  priority: 99,
  access: 'allow',
  protocol: '*',
  sources: ['0.0.0.0/1'],
  sourceGroups: [],
  sourcePorts: ['*'],
  destinations: ['*'],
  destinationGroups: [],
  ports: ['*'],
  isInForce: true,
};

function holdsFor(
  change: (view: NetworkInterfaceFacts) => NetworkInterfaceFacts,
  is: (b: number, a: number) => boolean,
) {
  fc.assert(
    fc.property(anyTape, (tape) => {
      const odd = both(azureWorld(tape), change).filter(({ before, after }) => !is(RANK[before], RANK[after]));
      expect(odd).toEqual([]);
    }),
    { ...SEED, numRuns: 25 + worldsToTry(0) / 100 },
  );
}

describe('a change of what stands in Azure', { timeout: LONG }, () => {
  it('an Allow that is added closes nothing', () => {
    holdsFor(
      (view) => withRules(view, (rules) => [ADDED, ...rules]),
      (before, after) => after >= before,
    );
  });

  it('a Deny that is added opens nothing', () => {
    holdsFor(
      (view) => withRules(view, (rules) => [{ ...ADDED, access: 'deny' }, ...rules]),
      (before, after) => after <= before,
    );
  });

  it('a rule in two halves is the rule', () => {
    const halves = (text: string) => (text === '0.0.0.0/0' ? ['0.0.0.0/1', '128.0.0.0/1'] : [text]);
    const split: Rules = (rules) => rules.map((rule) => ({ ...rule, sources: rule.sources.flatMap(halves) }));
    holdsFor(
      (view) => withRules(view, split),
      (before, after) => before === after,
    );
  });

  it('other numbers in the same order change nothing', () => {
    const renumbered: Rules = (rules) => rules.map((rule) => ({ ...rule, priority: rule.priority * 3 + 7 }));
    holdsFor(
      (view) => withRules(view, renumbered),
      (before, after) => before === after,
    );
  });

  it('what is known less is told less, and never otherwise', () => {
    const unknown = 'something that may not be read';
    const moves = (before: number, after: number) => after === before || after === RANK['cannot tell'];
    holdsFor((view) => ({ ...view, admin: { unknown } }), moves);
    holdsFor((view) => ({ ...view, ...(view.ownGroup ? { ownGroup: { unknown } } : {}) }), moves);
    const around = (view: NetworkInterfaceFacts) => ({ ...view.around, tags: new Map<string, readonly string[]>() });
    holdsFor((view) => ({ ...view, around: { ...around(view), routes: { unknown }, tags: view.around.tags } }), moves);
    const members = (view: NetworkInterfaceFacts) =>
      new Map([...view.around.members.keys()].map((id) => [id, { unknown: `who is in ${id}` }] as const));
    holdsFor((view) => ({ ...view, around: { ...view.around, members: members(view) } }), moves);
  });
});
