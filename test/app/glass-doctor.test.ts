import { describe, expect, it } from 'vitest';
import type { Deps } from '../../src/app/deps.ts';
import { examineGlass } from '../../src/app/glass/examine.ts';
import { keepSnapshot } from '../../src/app/loops/snapshot.ts';
import { converge } from '../../src/app/machine/converge.ts';
import type { KnownPeople } from '../../src/ports/glass-snapshot.ts';
import { MACHINE, world } from './fixtures.ts';
import { glassWorld } from './glass-fixtures.ts';

const DAY = 86_400_000;
const said = async (deps: Deps) =>
  (await examineGlass(deps)).map((one) => `${one.what}: ${one.verdict === 'fine' ? 'fine' : one.means}`);

describe('the doctor, on broken glass', () => {
  it('says nothing where nobody may break any', async () => {
    expect(await said(world().deps)).toEqual([]);
  });

  it('says what is overdue, and who would not hear of it', async () => {
    const { deps, broken, clock } = glassWorld();
    const alone = 'alarms: It is told in chats alone: when they are down, nobody hears of it.';
    expect(await said(deps)).toEqual(['reviews: fine', alone]);
    await broken();
    await converge(deps, MACHINE.id, new AbortController().signal);
    expect(await said(deps)).toEqual(['reviews: fine', alone]);
    clock.advance(4 * DAY);
    const { breakGlass: _, ...rules } = deps.rules;
    const ways = [{ name: 'pager', tell: async () => {} }];
    expect(await said({ ...deps, rules, ways })).toEqual(['reviews: One is overdue.', 'alarms: fine']);
  });

  it('says how old what was kept of people is', async () => {
    const here = glassWorld();
    const kept: KnownPeople[] = [];
    const snapshot = { keep: async (known: KnownPeople) => void kept.unshift(known), read: async () => kept[0] };
    const rules = { ...here.deps.rules, glassKeys: { keys: new Map([['ada', ['key']]]), oldestMs: DAY } };
    const offline = { installation: 'prod', signatures: { check: () => ({ why: 'wrong' }) as const }, snapshot };
    const deps: Deps = { ...here.deps, rules, offline };
    const last = async () => (await said(deps)).at(-1);
    expect(await last()).toBe('snapshot on this computer: There is none, or none that this installation signed.');
    await keepSnapshot(deps);
    expect(await last()).toBe('snapshot on this computer: fine');
    here.clock.advance(DAY);
    expect(await last()).toBe('snapshot on this computer: It is 1 d old.');
  });
});
