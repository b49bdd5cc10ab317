import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import { memoryCeremonies } from '../memory/ceremonies.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, POLICY, SENDER } from './fixtures.ts';
import { toldWorld } from './told.ts';

const OPERATORS = { chat: 'slack', kind: 'channel', id: 'C9' } as const;
const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };
const HOUR = 3_600_000;

function house() {
  const made = toldWorld([OPERATORS]);
  const stages = [oneStage(['manager', 'group:security'], 1)];
  made.house.people = [ADA, GRACE, SAM];
  const rules = { ...made.deps.rules, policies: [{ ...POLICY, stages, stepUp: 'numberMatch' as const }] };
  const deps = { ...made.deps, rules, ceremonies: memoryCeremonies() };
  const box = inbox(deps);
  let keys = 0;
  const sender = ({ slack = '' }: Person) => {
    keys += 1;
    return { ...SENDER, user: slack, key: `w${keys}` };
  };
  const says = async (person: Person, text: string) =>
    (await box.command(sender(person), text)).lines.map(plain).join(' / ');
  return {
    ...made,
    says,
    ask: async (source: string) => (await submit(deps, ADA, { ...ASK, source }, sender(ADA))).id,
    /** Begins it, and picks the number, or another one. */
    async picks(person: Person, id: string, isRight = false) {
      const begun = await says(person, `approve ${id}`);
      const number = /tell them: (\d\d)/.exec(made.told.at(-1) ?? '')?.[1] ?? '';
      made.told.length = 0;
      return begun === '' ? says(person, `match ${id} ${isRight ? number : number === '10' ? '11' : '10'}`) : begun;
    },
  };
}

describe('a wrong number', () => {
  it('is told to the requester, to whoever’s account it was, and to the operators', async () => {
    const { ask, picks, told } = house();
    const id = await ask('203.0.113.1/32');
    expect(await picks(GRACE, id)).toContain('was told another number');
    expect(told).toEqual([
      `U1 A wrong number | Somebody pressed a wrong number, as Grace, to approve your request \`${id}\` for api-1. Nothing was approved. If nobody spoke with you about it, tell your Drawbridge administrator.`,
      `U2 A wrong number | A wrong number was pressed with your account (request \`${id}\`, api-1). Was that you? If not, somebody else uses it: tell your Drawbridge administrator.`,
      `C9 A wrong number | A wrong number was pressed as Grace to approve what Ada requested (request \`${id}\`, api-1). Nothing was approved. If they did not speak with each other, one of the two accounts may be somebody else’s.`,
    ]);
  });

  it('counts over all requests of a person: after the second within a day they approve none with a number', async () => {
    const { ask, picks, told, clock } = house();
    const [one, two, three] = [await ask('203.0.113.1/32'), await ask('203.0.113.2/32'), await ask('203.0.113.3/32')];
    await picks(GRACE, one);
    clock.advance(HOUR);
    await picks(GRACE, two);
    expect(told.at(-1)).toContain('the second within a day');
    expect(await picks(GRACE, three, true)).toBe(
      'You picked 2 wrong numbers within a day. Somebody else has to approve what needs a number. You may again after a day.',
    );
    expect(await picks(SAM, three, true)).toContain('approved by Sam');
    clock.advance(24 * HOUR);
    const four = await ask('203.0.113.4/32');
    expect(await picks(GRACE, four, true)).toContain('approved by Grace');
  });

  it('that was begun before counts, too: two guesses at once are two', async () => {
    const { ask, says, told, picks } = house();
    const ids = [await ask('203.0.113.1/32'), await ask('203.0.113.2/32'), await ask('203.0.113.3/32')];
    const numbers: string[] = [];
    for (const id of ids) {
      await says(GRACE, `approve ${id}`);
      numbers.push(/tell them: (\d\d)/.exec(told.at(-1) ?? '')?.[1] ?? '');
    }
    const [first = '', second = '', third = ''] = ids;
    await Promise.all([says(GRACE, `match ${first} 01`), says(GRACE, `match ${second} 01`)]);
    expect(await says(GRACE, `match ${third} ${numbers[2]}`)).toContain('You picked 2 wrong numbers');
    expect(await picks(SAM, third, true)).toContain('approved by Sam');
  });

  it('is forgotten by no right one, which is not counted itself', async () => {
    const { ask, picks } = house();
    const ids = ['1', '2', '3', '4', '5'].map((last) => `203.0.113.${last}/32`);
    for (const source of ids.slice(0, 3)) expect(await picks(GRACE, await ask(source), true)).toContain('approved by');
    await picks(GRACE, await ask(ids[3] ?? ''));
    expect(await picks(GRACE, await ask(ids[4] ?? ''), true)).toContain('approved by Grace');
  });
});
