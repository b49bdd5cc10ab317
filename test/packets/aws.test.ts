import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answers, evaluate, waysInto } from '../../adapters/aws/reach/evaluate.ts';
import type { IngressGroup, IngressRule, InstanceInterface } from '../../adapters/aws/reach/model.ts';
import { addressNumber } from '../../src/core/packet/addresses.ts';
import { holds } from '../../src/core/packet/ranges.ts';
import type { OrUnknown } from '../../src/core/packet/read.ts';
import { answered, delivered } from './aws-oracle.ts';
import { type AwsWorld, awsWorld, awsWorldOf } from './aws-worlds.ts';
import { anyTape } from './dice.ts';
import { judgeWorlds, SEED, say, worldsToTry } from './figures.ts';

/** The evaluation of AWS against an oracle that judges packet by packet and shares no code with it. */

const LONG = 24 * 3600_000;
const SOURCES = {
  ipv4: [
    '198.51.100.7',
    '198.51.100.127',
    '198.51.100.128',
    '198.51.101.0',
    '10.0.1.9',
    '10.0.2.9',
    '10.0.2.8',
    '10.0.3.1',
    '11.0.0.0',
    '9.9.9.9',
    '172.16.0.1',
    '172.32.0.0',
    '192.168.1.1',
    '127.255.255.255',
    '128.0.0.0',
  ],
  ipv6: ['2001:db8:2::7', '2001:db8:2:1::', '2001:db8:1::9', '2001:db8:1:1::9', '2a00::1', 'fd00:b::1', 'fd00:c::1'],
};

/** Each source at each way: the ways are told from the facts, and an evaluation that knows none says closed. */
function compare({ view, truths, asked }: AwsWorld) {
  const ways = waysInto(view, asked).map((way) => ({
    way,
    verdict: evaluate(view, way, asked),
    back: answers(view, way, asked),
  }));
  return view.addresses.flatMap((address) =>
    (['internet', 'network'] as const).flatMap((kind) => {
      const mine = ways.filter(
        ({ way }) =>
          way.kind === kind &&
          way.address === (kind === 'internet' ? (address.publicAddress ?? address.address) : address.address),
      );
      const exists = kind === 'network' || address.family === 'ipv6' || address.publicAddress;
      return SOURCES[address.family].map((source) => {
        const value = addressNumber(source)?.value ?? -1n;
        const is = truths.map(
          (truth) => exists !== undefined && delivered(truth, kind, source, asked, address.address),
        );
        const backs = new Set(truths.map((truth) => answered(truth, kind, source, asked)));
        const isOpen = mine.some(({ verdict }) => verdict.open.some(({ sources }) => holds(sources, value)));
        const isUnclear = mine.some(({ verdict }) => verdict.unclear.some(({ sources }) => holds(sources, value)));
        const back = mine[0]?.back.find(({ sources }) => holds(sources, value))?.back;
        return {
          key: `${kind} ${address.address} ${source}`,
          said: isOpen ? ('open' as const) : isUnclear ? ('cannot tell' as const) : ('closed' as const),
          isDelivered: is.every((one) => one === is[0]) ? is[0] : undefined,
          back,
          isBackFalse: (back === 'yes' && backs.has('no')) || (back === 'no' && backs.has('yes')),
        };
      });
    }),
  );
}

describe('what is said to be open or closed in AWS', () => {
  it('is so in every world, and little is left untold where it is sure', { timeout: LONG }, () => {
    const figures = judgeWorlds(worldsToTry(1200), (tape) => {
      const world = awsWorld(tape);
      return { compared: compare(world), isComplete: world.isComplete, isKnown: world.isKnown };
    });
    say('aws', figures);
    expect(figures).toMatchObject({ falselyClosed: 0, falselyOpen: 0, untoldThoughKnown: 0 });
    expect(figures.untold / figures.sure).toBeLessThan(0.01);
  });

  it('answers come back where that is said, and do not where it is not', { timeout: LONG }, () => {
    fc.assert(
      fc.property(anyTape, (tape) => {
        const odd = compare(awsWorld(tape)).filter(({ said, isBackFalse }) => said === 'open' && isBackFalse);
        expect(odd).toEqual([]);
      }),
      { ...SEED, numRuns: 500 },
    );
  });
});

type Change = (view: InstanceInterface) => InstanceInterface;

function holdsFor(change: Change, is: (before: number, after: number) => boolean): void {
  const rank = { closed: 0, 'cannot tell': 1, open: 2 };
  fc.assert(
    fc.property(anyTape, (tape) => {
      const world = awsWorld(tape);
      const before = compare({ ...world, truths: [] });
      const after = compare({ ...awsWorldOf(change(world.view), world.asked), truths: [] });
      const odd = before.filter(({ said }, i) => !is(rank[said], rank[after[i]?.said ?? 'closed']));
      expect(odd).toEqual([]);
    }),
    { ...SEED, numRuns: 60 },
  );
}

const withRules =
  (change: (rules: readonly IngressRule[]) => readonly IngressRule[]): Change =>
  (view) => ({
    ...view,
    groups: view.groups.map(
      (group): OrUnknown<IngressGroup> =>
        'is' in group ? { is: { ...group.is, rules: change(group.is.rules) } } : group,
    ),
  });

describe('a change of what stands in AWS', { timeout: LONG }, () => {
  const added: IngressRule = { id: 'added', protocol: '-1', source: { cidr: '0.0.0.0/1' } };

  it('a rule that is added closes nothing, and one that is taken away opens nothing', () => {
    holdsFor(
      withRules((rules) => [...rules, added]),
      (before, after) => after >= before,
    );
    holdsFor(
      withRules((rules) => rules.slice(1)),
      (before, after) => after <= before,
    );
  });

  it('a rule in two halves is the rule', () => {
    const halves = (rule: IngressRule): readonly IngressRule[] =>
      'cidr' in rule.source && rule.source.cidr === '0.0.0.0/0'
        ? ['0.0.0.0/1', '128.0.0.0/1'].map((cidr) => ({ ...rule, source: { cidr } }))
        : [rule];
    holdsFor(
      withRules((rules) => rules.flatMap(halves)),
      (before, after) => before === after,
    );
  });

  it('what is known less is told less, and never otherwise', () => {
    const moves = (before: number, after: number) => after === before || after === 1;
    const unknown = 'something that may not be read';
    holdsFor((view) => ({ ...view, acl: { unknown } }), moves);
    holdsFor((view) => ({ ...view, publicAccess: { unknown } }), moves);
    holdsFor((view) => ({ ...view, groups: view.groups.map(() => ({ unknown })) }), moves);
  });
});
