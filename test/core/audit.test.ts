import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/core/audit/entry.ts';
import { isIntact, readRecord, recordOf } from '../../src/core/audit/record.ts';
import { entryOf } from '../../src/core/request/audited.ts';
import { approve, pending } from '../conformance/fixtures.ts';

let salts = 0;
const salt = () => {
  salts += 1;
  return `salt-${salts}`;
};

function asked(): AuditEntry {
  const next = pending('aaaaaaa', 1);
  const acting = { person: { id: 'ada', name: 'Ada Okafor' }, chat: 'slack', account: 'U1' } as const;
  const entry = entryOf(undefined, { next, event: 'asked', by: 'ada', text: 'deploy' }, acting);
  if (!entry) throw new Error('there is no entry');
  return entry;
}

describe('the entry of a commit', () => {
  const next = {
    ...approve(pending('aaaaaaa', 1), 2),
    trouble: { code: 'cloudBusy' as const, say: 'busy', since: 3, tries: 1 },
  };
  const entry = (event: string, by = 'drawbridge', text = 'cloudBusy', acting?: Parameters<typeof entryOf>[2]) =>
    entryOf(undefined, { next, event, by, text }, acting);

  it.each([
    ['trouble', 'failed', { code: 'cloudBusy' }],
    ['failed', 'failed', { code: 'cloudBusy' }],
    ['opened', 'done', { why: 'cloudBusy' }],
  ])('“%s” of Drawbridge is %s', (event, outcome, said) => {
    const { code, why, words, ...rest } = entry(event) ?? asked();
    expect({ ...rest, said: { code, why, words } }).toMatchObject({ event, outcome, by: 'drawbridge', as: 'program' });
    expect({ code, why, words }).toEqual({ code: undefined, why: undefined, words: undefined, ...said });
  });

  it.each([['placed'], ['watched'], ['reminded']])('“%s” is none: nothing changed for anybody', (event) => {
    expect(entry(event)).toBeUndefined();
  });

  it('is none for the trouble that it has already, and one for another', () => {
    const decided = {
      next,
      event: 'trouble',
      by: 'drawbridge',
      text: 'x',
    };
    expect(entryOf(decided.next, decided)).toBeUndefined();
    expect(entryOf(pending('aaaaaaa', 1), decided)).toBeDefined();
  });

  it('takes the account only of who is said to have decided', () => {
    const grace = { person: { id: 'grace', name: 'Grace Hopper' }, chat: 'teams', account: 'g' } as const;
    expect(entry('approved', 'grace', 'yes', grace)?.by).toEqual(grace);
    expect(entry('approved', 'grace', 'yes')?.by).toMatchObject({ person: { id: 'grace', name: 'Grace Hopper' } });
    expect(entry('withdrawn', 'ada', 'no', grace)?.by).toMatchObject({ person: { id: 'ada' } });
    expect(entry('withdrawn', 'eve', 'no', { user: 'root', host: 'h' })?.by).toEqual({
      person: { id: 'eve', name: 'eve' },
    });
    expect(entry('approved', 'drawbridge', 'policy', grace)?.by).toBe('drawbridge');
  });
});

describe('the texts of an audit entry', () => {
  it('hold nothing personal in the record, and all of it in the part that can be taken away', () => {
    const { record, people } = recordOf(asked(), salt);
    for (const personal of ['Ada', 'U1', '203.0.113.7', 'deploy']) {
      expect(record).not.toContain(personal);
      expect(people).toContain(personal);
    }
  });

  it('are whole after a person was erased, and say of everybody else what they said', () => {
    const next = approve(pending('aaaaaaa', 1), 2);
    const entry = entryOf(undefined, { next, event: 'approved', by: 'grace', text: 'go ahead' });
    const kept = recordOf(entry ?? asked(), salt);
    expect(Object.keys(readRecord(kept).people)).toEqual(['ada', 'grace']);
    const { ada: _, ...left } = JSON.parse(kept.people) as Record<string, string>;
    const erased = { ...kept, people: JSON.stringify(left) };
    expect(isIntact(erased)).toBe(true);
    expect(readRecord(erased)).toMatchObject({
      facts: { event: 'approved', by: 'grace', requester: 'ada' },
      people: { grace: { name: 'Grace Hopper', words: 'go ahead' } },
    });
    expect(erased.record + erased.people).not.toContain('203.0.113.7');
  });

  it.each<[string, (kept: ReturnType<typeof recordOf>) => ReturnType<typeof recordOf>]>([
    ['a fact', (kept) => ({ ...kept, record: kept.record.replace('"web-1"', '"web-2"') })],
    ['what somebody wrote', (kept) => ({ ...kept, people: kept.people.replace('deploy', 'nothing') })],
    ['whose words they are', (kept) => ({ ...kept, people: kept.people.replace('"ada"', '"lin"') })],
  ])('show when somebody changed %s', (_, change) => {
    const kept = recordOf(asked(), salt);
    expect(isIntact(kept)).toBe(true);
    const changed = change(kept);
    expect(changed).not.toEqual(kept);
    expect(isIntact(changed)).toBe(false);
  });

  it('give the same words another hash each time, so that nobody finds them by trying', () => {
    const [one, two] = [recordOf(asked(), salt), recordOf(asked(), salt)];
    expect(one.hash).not.toBe(two.hash);
  });

  it('stay bounded, whatever is listed', () => {
    const stays = Array.from({ length: 5_000 }, (_, n) => `22 stays open through rule-${n}`);
    const { facts } = readRecord(recordOf({ ...asked(), stays }, salt));
    expect(facts.stays).toHaveLength(51);
    expect(facts).toMatchObject({ stays: expect.arrayContaining(['and 4950 more']) });
    const { people } = readRecord(recordOf({ ...asked(), words: 'x'.repeat(50_000) }, salt));
    expect(people.ada?.words).toHaveLength(2_000);
  });
});

describe('a record that is none of Drawbridge’s', () => {
  const right = recordOf(asked(), salt);
  it.each<[string, Partial<typeof right>]>([
    ['its record is no JSON', { record: 'no JSON' }],
    ['its record is a list', { record: '[]' }],
    ['its record is nothing', { record: 'null' }],
    ['what it says of people is no JSON', { people: '{' }],
    ['what it says of people is nothing', { people: 'null' }],
    ['what it says of a person is no JSON', { people: '{"ada":"x"}' }],
    ['what it says of a person is no text', { people: '{"ada":7}' }],
  ])('is read as far as it goes, and is not intact: %s', (_, changed) => {
    const texts = { ...right, ...changed };
    const read = readRecord(texts);
    expect([read.isUnread, isIntact(texts)]).toEqual([true, false]);
    // What is right of it is read all the same.
    const isRecord = changed.record === undefined;
    expect([read.facts.event, Object.keys(read.people)]).toEqual(isRecord ? ['asked', []] : [undefined, ['ada']]);
  });

  it('is read without its place where its machine is in a cloud that is not known: a newer version wrote it', () => {
    const record = right.record.replace(/"machine":"\w+:/, '"machine":"ocean:');
    expect(record).not.toBe(right.record);
    const { facts, isUnread } = readRecord({ ...right, record });
    expect([facts.event, facts.cloud, isUnread]).toEqual(['asked', undefined, undefined]);
  });
});
