import { describe, expect, it } from 'vitest';
import { note } from '../../src/app/audit/act.ts';
import { summingUp } from '../../src/app/audit/refusals.ts';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import { entriesOf } from './audited.ts';
import { world } from './fixtures.ts';

function flooded() {
  const { deps, audit } = world();
  let ms = 0;
  const summed = summingUp(audit, () => ms);
  const here = { ...deps, audit: summed };
  const refuse = async (count: number, id = 'ada', code: 'unknownMachine' | 'tooLong' = 'unknownMachine') => {
    for (let i = 0; i < count; i += 1)
      await note(here, {
        ...{ event: 'request', outcome: 'refused', by: { person: { id, name: id } }, as: 'requester', code },
      });
  };
  const told = () =>
    entriesOf(audit).flatMap(({ event, why, by }) => (event === 'refused more' ? [`${by}: ${why}`] : []));
  const total = () =>
    entriesOf(audit).reduce((sum, { event, why }) => {
      return sum + (event === 'refused more' ? Number(/refused (\d+)/.exec(String(why))?.[1]) : 1);
    }, 0);
  const pass = (byMs: number) => {
    ms += byMs;
  };
  return { audit, here, refuse, told, total, pass, settle: (isEnd = false) => summed.settle?.(isEnd) };
}

describe('a flood of refusals', () => {
  it('is a few entries, which say how many there were and why', async () => {
    const { audit, refuse, told, total, pass, settle } = flooded();
    await refuse(120);
    await refuse(30, 'ada', 'tooLong');
    await settle();
    expect(told()).toEqual([]);
    pass(5 * MINUTE_MS);
    await settle();
    expect(told()).toEqual(['ada: refused 130 more times: unknownMachine 100, tooLong 30']);
    expect([audit.all.length, total()]).toEqual([21, 150]);
    await refuse(1);
    expect(audit.all).toHaveLength(22);
  });

  it('of ten thousand makes no more than one entry for 500, and loses none', async () => {
    const { audit, refuse, total, settle } = flooded();
    await refuse(10_000);
    await settle(true);
    expect([audit.all.length < 45, total()]).toEqual([true, 10_000]);
  });

  it('of one keeps nobody else’s from being told each, nor what is done', async () => {
    const { audit, here, refuse } = flooded();
    await refuse(1_000);
    const before = audit.all.length;
    await refuse(3, 'grace');
    await note(here, { event: 'doctor', outcome: 'done', by: { person: { id: 'ada', name: 'Ada' } }, as: 'owner' });
    expect(entriesOf(audit).slice(before)).toMatchObject([
      { event: 'request', by: 'grace' },
      { event: 'request', by: 'grace' },
      { event: 'request', by: 'grace' },
      { event: 'doctor', by: 'ada' },
    ]);
  });

  it('of more people than can be told apart is counted all the same', async () => {
    const { refuse, told, total, settle } = flooded();
    for (let i = 0; i < 5_010; i += 1) await refuse(1, `p${i}`);
    await settle(true);
    expect(told()).toEqual(['drawbridge: refused 10 more times: unknownMachine 10']);
    expect(total()).toBe(5_010);
  });

  it('that cannot be told is told later', async () => {
    const { audit, refuse, told, settle } = flooded();
    await refuse(25);
    audit.failure = new Error('away');
    await expect(settle(true)).rejects.toThrow('away');
    delete audit.failure;
    await settle(true);
    expect(told()).toEqual(['ada: refused 5 more times: unknownMachine 5']);
  });
});
