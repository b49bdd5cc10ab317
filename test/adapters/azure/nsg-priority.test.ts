import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NsgRule } from '../../../adapters/azure/arm/nsg-rules.ts';
import { priorityToAllow, priorityToDeny } from '../../../adapters/azure/nsg/priority.ts';

const rule = (priority: number, access: 'allow' | 'deny' = 'allow'): NsgRule => ({
  name: `r${priority}`,
  priority,
  access,
  protocol: 'tcp',
  ports: ['22'],
  sources: ['*'],
  destinations: ['*'],
  description: '',
  narrowed: false,
  settled: true,
  hasFailed: false,
  words: { sources: [], sourceGroups: [], sourcePorts: [], destinations: [], destinationGroups: [] },
});
const denies = ({ access }: NsgRule) => access === 'deny';
const allows = ({ access }: NsgRule) => access === 'allow';
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => rule(from + i));

describe('the priority of a lease’s rule', () => {
  it.each([
    { name: 'begins where Defender seldom writes', rules: [], priority: 150 },
    { name: 'passes what is taken', rules: [rule(150), rule(151)], priority: 152 },
    { name: 'goes before a deny of the customer', rules: [rule(120, 'deny')], priority: 100 },
    {
      name: 'goes before the first of several',
      rules: [rule(3000, 'deny'), rule(152, 'deny'), rule(150)],
      priority: 151,
    },
    { name: 'steps back where its usual place is full', rules: [...range(150, 160), rule(161, 'deny')], priority: 100 },
    { name: 'is none where a deny comes first of all', rules: [rule(100, 'deny')], priority: undefined },
    {
      name: 'is none where everything before the deny is taken',
      rules: [...range(100, 110), rule(111, 'deny')],
      priority: undefined,
    },
    { name: 'leaves Azure’s own rules aside', rules: [rule(65_500, 'deny')], priority: 150 },
  ])('$name', ({ rules, priority }) => {
    expect(priorityToAllow(rules, denies)).toBe(priority);
  });

  it('is free, in bounds and before every deny, whatever is there', () => {
    const some = fc.uniqueArray(fc.record({ priority: fc.integer({ min: 100, max: 4096 }), deny: fc.boolean() }), {
      selector: ({ priority }) => priority,
      maxLength: 300,
    });
    fc.assert(
      fc.property(some, (all) => {
        const rules = all.map(({ priority, deny }) => rule(priority, deny ? 'deny' : 'allow'));
        const priority = priorityToAllow(rules, denies);
        if (priority === undefined) return;
        expect(priority).toBeGreaterThanOrEqual(100);
        for (const one of rules) {
          expect(one.priority).not.toBe(priority);
          if (one.access === 'deny') expect(priority).toBeLessThan(one.priority);
        }
      }),
    );
  });
});

describe('the priority of a protection’s rule', () => {
  it.each([
    { name: 'is the very last', rules: [], priority: 4096 },
    { name: 'passes what is taken', rules: [rule(4096, 'deny')], priority: 4095 },
    { name: 'stays behind the customer’s own', rules: [rule(300), rule(4090)], priority: 4096 },
    { name: 'is none behind one at the end', rules: [rule(4096)], priority: undefined },
  ])('$name', ({ rules, priority }) => {
    expect(priorityToDeny(rules, allows)).toBe(priority);
  });
});
