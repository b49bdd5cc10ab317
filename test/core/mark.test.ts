import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { looksMarked, markSigner } from '../../src/core/rule/mark.ts';
import type { Placement } from '../../src/core/rule/rule.ts';
import { machine, placementOf } from '../conformance/fixtures.ts';
import { often } from '../setup/lane.ts';
import { inStatus, T0 } from './samples.ts';

const K1 = { id: 'k1', secret: 'a secret of some length' };
const K2 = { id: 'k2', secret: 'another secret of some length' };
const placement = placementOf(inStatus('pending'));
const { rule } = placement;
const signer = markSigner('prod', [K1]);

const anyUntil = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2200, 0) });
const anyPlacement: fc.Arbitrary<Placement> = fc.record({
  rule: fc.record({
    machine: fc.integer({ min: 1, max: 9 }).map(machine),
    port: fc.record({
      number: fc.integer({ min: 1, max: 65_535 }),
      protocol: fc.constantFrom('tcp' as const, 'udp' as const),
    }),
    source: fc.ipV4().map((address) => `${address}/32`),
  }),
  backend: fc.constantFrom('securityGroup', 'defender', 'nsg'),
  at: fc.constantFrom('sg-1', 'sg-2', '/subscriptions/x/jit/default'),
  locks: fc.constant([]),
});

describe('a mark', () => {
  it('is read back with its end', () => {
    fc.assert(
      fc.property(anyPlacement, anyUntil, (where, until) => {
        expect(signer.verify(signer.sign(where, until), where)).toEqual({ valid: true, until });
      }),
    );
  });

  it('is short and of few signs, for the longest names too', () => {
    const longest = markSigner('a2345678901234567890-234', [{ id: 'k2345678', secret: 'x' }]);
    const mark = longest.sign(placement, Date.UTC(2999, 11, 31));
    expect(mark).toMatch(/^[A-Za-z0-9 ._:=-]{1,120}$/);
    expect(longest.verify(mark, placement).valid).toBe(true);
  });

  it('stays the same for what is signed today: rules in clouds bear it', () => {
    expect(signer.sign(placement, T0)).toMatchInlineSnapshot(`"db1.k1.prod.mmqc2740.lVK7N-ucs3JCYzeUltbnnw"`);
  });

  it('is found in a longer text', () => {
    const mark = signer.sign(placement, T0);
    expect(signer.verify(`Drawbridge k7m3q9w ada: ${mark} (do not edit)`, placement)).toEqual({
      valid: true,
      until: T0,
    });
    expect(looksMarked(`x ${mark}.`)).toBe(true);
  });

  it.each<[string, Placement]>([
    ['backend', { ...placement, backend: 'nsg' }],
    ['spot', { ...placement, at: `${placement.at}0` }],
    ['machine', { ...placement, rule: { ...rule, machine: machine(2) } }],
    ['port', { ...placement, rule: { ...rule, port: { ...rule.port, number: 23 } } }],
    ['protocol', { ...placement, rule: { ...rule, port: { ...rule.port, protocol: 'udp' } } }],
    ['source', { ...placement, rule: { ...rule, source: '203.0.113.6/32' } }],
    ['prefix length', { ...placement, rule: { ...rule, source: '203.0.113.7/31' } }],
  ])('breaks when it stands at another %s', (_, elsewhere) => {
    expect(signer.verify(signer.sign(placement, T0), elsewhere)).toEqual({ valid: false });
  });

  it('stays right where only what is known of the spot has grown', () => {
    const known = { ...placement, id: 'sgr-1', locks: ['x'], detail: { vpc: 'y' } };
    expect(signer.verify(signer.sign(placement, T0), known).valid).toBe(true);
  });

  it('breaks when any one of its signs is changed, left out or put twice', () => {
    const mark = signer.sign(placement, T0);
    const signs = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_. ');
    fc.assert(
      fc.property(fc.nat({ max: mark.length - 1 }), signs, fc.constantFrom(0, 1, 2), (at, sign, kept) => {
        const changed = mark.slice(0, at) + [sign, '', mark.slice(at, at + 1).repeat(2)][kept] + mark.slice(at + 1);
        fc.pre(changed !== mark);
        expect(signer.verify(changed, placement)).toEqual({ valid: false });
      }),
      { numRuns: often(2_000, 50_000) },
    );
  });

  it('of another end cannot be put together from two', () => {
    const [early, late] = [signer.sign(placement, T0), signer.sign(placement, T0 + 1)].map((mark) => mark.split('.'));
    const forged = [...(early ?? []).slice(0, 4), late?.[4]].join('.');
    expect(signer.verify(forged, placement)).toEqual({ valid: false });
  });

  it('of an old key is right while the key is kept, and new ones are signed with the first', () => {
    const old = markSigner('prod', [K1]).sign(placement, T0);
    const rolled = markSigner('prod', [K2, K1]);
    expect(rolled.verify(old, placement)).toEqual({ valid: true, until: T0 });
    expect(rolled.sign(placement, T0)).toMatch(/^db1\.k2\./);
    expect(markSigner('prod', [K2]).verify(old, placement)).toEqual({ valid: false });
  });

  it('of another secret under the same name is wrong', () => {
    const other = markSigner('prod', [{ ...K1, secret: 'guessed' }]).sign(placement, T0);
    expect(signer.verify(other, placement)).toEqual({ valid: false });
  });

  it('of another installation is wrong, even with the same key', () => {
    const mark = markSigner('staging', [K1]).sign(placement, T0);
    expect(signer.verify(mark, placement)).toEqual({ valid: false });
    expect(signer.verify(mark.replace('staging', 'prod'), placement)).toEqual({ valid: false });
  });

  it.each([
    '',
    'db1',
    'db1.k1.prod.lmnopqrs.short',
    'db2.k1.prod.lmnopqrs.AAAAAAAAAAAAAAAAAAAAAA',
    'db1.K1.prod.lmnopqrs.AAAAAAAAAAAAAAAAAAAAAA',
    'db1.k1.prod.lmnopqrs.AAAAAAAAAAAAAAAAAAAAAAA',
    'xdb1.k1.prod.lmnopqrs.AAAAAAAAAAAAAAAAAAAAAA',
    'opened by hand for the audit',
  ])('is not seen in “%s”', (text) => {
    expect(looksMarked(text)).toBe(false);
    expect(signer.verify(text, placement)).toEqual({ valid: false });
  });

  it('may be seen where it is not right', () => {
    const strange = 'db1.k9.elsewhere.lmnopqrs.AAAAAAAAAAAAAAAAAAAAAA';
    expect(looksMarked(strange)).toBe(true);
    expect(signer.verify(strange, placement)).toEqual({ valid: false });
  });
});
