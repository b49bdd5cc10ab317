import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { take } from '../../src/app/request/submit.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { readBy } from '../../src/core/view/readers.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER, world } from './fixtures.ts';

const BOB = { id: 'bob', name: 'Bob', slack: 'U4', manager: 'grace', address: '198.51.100.9/32', groups: ['eng'] };
const NEVER = new AbortController().signal;

function house() {
  const made = world({ people: [ADA, GRACE, BOB] });
  let n = 0;
  const ask = async (person = ADA, source = '203.0.113.7/32') => {
    n += 1;
    return (await take(made.deps, person, { ...ASK, source }, { ...SENDER, key: `k${n}` })).request;
  };
  const deny = async (id: string) => {
    await decide(made.deps, GRACE, { request: id, verdict: 'deny', reason: 'no' });
  };
  const notesFor = (person: string) => (request: Awaited<ReturnType<typeof ask>>) =>
    readBy(viewOf(request), request, { person }).notes.map(({ text }) => plain(text));
  const notes = notesFor('grace');
  return { ...made, ask, deny, notes, own: notesFor('ada') };
}

describe('what helps to decide well', () => {
  it('says how often the same person asked for the machine within a day, and was denied', async () => {
    const { ask, deny, notes, own, clock } = house();
    const first = await ask();
    expect(notes(first)).toEqual([]);
    await deny(first.id);
    const second = await ask();
    expect(notes(second)).toContain('Second request for api-1 in 24 hours, 1 denied.');
    expect(own(second)).toEqual([]);
    await deny(second.id);
    expect(notes(await ask())).toContain('Third request for api-1 in 24 hours, 2 denied.');
    expect(notes(await ask(BOB))).toEqual([]);
    clock.advance(25 * 3_600_000);
    expect(notes(await ask(ADA, '203.0.113.8/32'))).toEqual([]);
  });

  it('says nothing of a second request where none was denied, and counts from the third on', async () => {
    const { ask, notes } = house();
    await ask();
    expect(notes(await ask(ADA, '203.0.113.8/32'))).toEqual([]);
    expect(notes(await ask(ADA, '203.0.113.9/32'))).toEqual(['Third request for api-1 in 24 hours.']);
  });

  it('shows whoever decides what else is open on the machine, and nobody else', async () => {
    const { deps, ask } = house();
    const open = await ask(BOB, '198.51.100.9/32');
    await decide(deps, GRACE, { request: open.id, verdict: 'approve' });
    await converge(deps, MACHINE.id, NEVER);
    const { id } = await ask();
    const details = async (user: string) => {
      const place = { chat: 'slack', kind: 'private', id: user } as const;
      const press = { verb: 'details', request: id, version: 1 } as const;
      const { report } = await inbox(deps).press({ ...SENDER, user, place, key: user }, press);
      return report?.sections
        .find(({ heading }) => phrased(heading).startsWith('Also open'))
        ?.rows.map(({ line }) => plain(line));
    };
    expect(await details('U2')).toEqual([
      expect.stringMatching(/^22 from 198\.51\.100\.9 for Bob until .*\(`\w{7}`\)\.$/),
    ]);
    expect(await details('U1')).toBeUndefined();
  });

  it('shows the tags that the configuration names', async () => {
    const { deps, ask } = house();
    Object.assign(deps.rules, { cardTags: ['env', 'owner'] });
    const fact = viewOf(await ask()).facts.find(({ label }) => label === 'Tags');
    expect(plain(fact?.value ?? [])).toBe('env=prod');
  });
});
