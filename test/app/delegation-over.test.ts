import { describe, expect, it } from 'vitest';
import { tellEnded } from '../../src/app/loops/delegations.ts';
import { delegate } from '../../src/app/people/delegate.ts';
import { parseDelegate } from '../../src/core/language/delegate-ask.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import { memoryDelegations } from '../memory/delegations.ts';
import { ADA, GRACE, SENDER } from './fixtures.ts';
import { toldWorld } from './told.ts';

const HOUR = 3_600_000;
const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: [] };
const KIM: Person = { id: 'kim', name: 'Kim', slack: 'U4', groups: [] };
const never = new AbortController().signal;

function house() {
  const made = toldWorld();
  made.house.people = [ADA, GRACE, SAM, KIM];
  const deps = { ...made.deps, delegations: memoryDelegations() };
  const say = (text: string) => delegate(deps, GRACE, parseDelegate(text.split(' ')), SENDER);
  return { ...made, deps, say, tell: () => tellEnded(deps, never) };
}

describe('a delegation', () => {
  it('that runs out is told to both, once', async () => {
    const { say, tell, told, clock } = house();
    await say('sam for 2h');
    told.length = 0;
    expect(await tell()).toBe(0);
    clock.advance(2 * HOUR);
    expect(await tell()).toBe(1);
    expect(told).toEqual([
      'U3 A delegation has ended | You no longer decide for Grace.',
      'U2 A delegation has ended | Sam no longer decides for you: you are asked yourself.',
    ]);
    expect(await tell()).toBe(0);
  });

  it('that was over for days is not told any more', async () => {
    const { say, tell, clock } = house();
    await say('sam for 2h');
    clock.advance(72 * HOUR);
    expect(await tell()).toBe(0);
  });

  it('that another one takes the place of is told to whoever decided, and said to whoever delegates', async () => {
    const { say, told } = house();
    await say('sam for 2h');
    told.length = 0;
    expect((await say('kim for 2h')).map(plain)).toEqual([
      expect.stringMatching(/^Kim decides requests for you until /),
      'Sam no longer does.',
    ]);
    expect(told.map((text) => text.split(' | ')[0])).toEqual([
      'U3 A delegation has ended',
      'U4 You decide for somebody else',
    ]);
    told.length = 0;
    await say('kim for 4h');
    expect(told.map((text) => text.split(' | ')[0])).toEqual(['U4 You decide for somebody else']);
  });
});
