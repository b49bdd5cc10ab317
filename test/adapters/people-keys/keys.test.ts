import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { peopleKeys } from '../../../adapters/people-keys/index.ts';
import { forSink } from '../../../src/app/evidence/for-sink.ts';
import { factsIn } from '../../../src/core/audit/facts.ts';
import { openedPeople } from '../../../src/core/audit/sealed.ts';
import { partsOf } from '../../../src/core/evidence/parts.ts';
import { rowOf } from '../../../src/core/evidence/row.ts';
import { erasedId } from '../../../src/core/people/erased-id.ts';
import type { SinkBatch } from '../../../src/ports/sink.ts';
import { batches } from '../../conformance/sink.ts';
import { EPOCH } from '../../core/evidence/chain.ts';

const never = new AbortController().signal;
let folder: string;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'drawbridge-people-')), 'keys');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const all = () => readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));

describe('keys of people', () => {
  it('are one for each person, the same for every process, whoever makes it first', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => peopleKeys(folder).of('ada', 5)));
    expect(new Set(keys.map((key) => key?.toString('hex'))).size).toBe(1);
    expect(keys[0]).toHaveLength(32);
    expect(await peopleKeys(folder).of('grace', 5)).not.toEqual(keys[0]);
    expect((await peopleKeys(folder).known())('ada')).toEqual(keys[0]);
    expect((await peopleKeys(folder).known())('nobody')).toBeUndefined();
    const names = readdirSync(folder);
    expect(names).toHaveLength(2);
    expect(names.join()).not.toMatch(/ada|grace/);
    for (const name of names) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  it('are destroyed for what was written up to then; whoever comes back gets another one', async () => {
    const keys = peopleKeys(folder);
    const old = await keys.of('ada', 5);
    await keys.destroy(erasedId('ada'), 10);
    expect(all().join()).not.toContain(old?.toString('base64url'));
    expect(await keys.of('ada', 10)).toBeUndefined();
    expect((await keys.known())('ada')).toBeUndefined();
    const fresh = await Promise.all([keys.of('ada', 11), peopleKeys(folder).of('ada', 12)]);
    expect(fresh[0]).toEqual(fresh[1]);
    expect(fresh[0]).not.toEqual(old);
    expect((await keys.known())('ada')).toEqual(fresh[0]);
    await keys.destroy(erasedId('ada'), 20);
    expect(all().join()).not.toContain(fresh[0]?.toString('base64url'));
    // Erased once more by an older word changes nothing.
    await keys.destroy(erasedId('ada'), 3);
    const erased = await keys.erased();
    expect([erased.all.size, erased.of('ada'), erased.of('grace')]).toEqual([1, 20, undefined]);
  });

  it('keep what was signed of the last time that somebody was erased', async () => {
    const keys = peopleKeys(folder);
    const id = erasedId('ada');
    const notes = async () => [...(await keys.notes())];
    await keys.destroy(id, 10);
    expect(await notes()).toEqual([]);
    await keys.destroy(id, 10, 'of 10');
    expect(await notes()).toEqual([[id, 'of 10']]);
    await keys.destroy(id, 3, 'of 3');
    expect(await notes()).toEqual([[id, 'of 10']]);
    await keys.destroy(id, 20, 'of 20');
    expect(await notes()).toEqual([[id, 'of 20']]);
    // Nothing that is known is signed of that.
    await keys.destroy(id, 30);
    expect(await notes()).toEqual([]);
  });

  it('can be destroyed of somebody who never had one', async () => {
    await peopleKeys(folder).destroy(erasedId('ada'), 10);
    expect(await peopleKeys(folder).of('ada', 9)).toBeUndefined();
    expect(await peopleKeys(folder).of('ada', 11)).toHaveLength(32);
  });
});

describe('what a sink gets of people', () => {
  const [batch] = batches(1);
  const given = async (shown: 'clear' | 'sealed' | 'none', of = batch) => {
    const got: SinkBatch[] = [];
    const sink = forSink({ name: 'x', write: async (one) => void got.push(one) }, shown, peopleKeys(folder));
    if (of) await sink.write(of, never);
    return got[0]?.links ?? [];
  };

  it('goes on where somebody who can write to Redis made it what nobody can read', async () => {
    const [first, ...rest] = batch?.links ?? [];
    if (!batch || !first) throw new Error('none');
    const other = { ...batch, links: [{ ...first, people: '{"ada":"Ada' }, ...rest] };
    const people = async (shown: 'clear' | 'sealed' | 'none') => {
      const links = await given(shown, other);
      return [links.length, links[0]?.people];
    };
    expect(await people('clear')).toEqual([10, '{"ada":"Ada']);
    expect(await people('sealed')).toEqual([10, '{}']);
    expect(await people('none')).toEqual([10, '{}']);
    // It may be hers.
    await peopleKeys(folder).destroy(erasedId('ada'), first.at);
    expect(await people('clear')).toEqual([10, '{}']);
  });

  it('in clear is as it was written', async () => {
    expect(await given('clear')).toEqual(batch?.links);
  });

  it('sealed says nothing without the key, and all of it with the key, and is what was hashed', async () => {
    const links = await given('sealed');
    const keyOf = await peopleKeys(folder).known();
    expect(JSON.stringify(links)).not.toContain('Ada');
    for (const [i, link] of links.entries()) {
      const written = batch?.links[i];
      expect([link.record, link.hash, link.head]).toEqual([written?.record, written?.hash, written?.head]);
      expect(openedPeople(link.people, keyOf)).toBe(written?.people);
      const facts = factsIn(link.record) ?? {};
      expect(partsOf(facts, link.people)).toEqual({ changed: [], gone: [], sealed: 1 });
      expect(partsOf(facts, link.people, keyOf)).toEqual({ changed: [], gone: [], sealed: 0 });
      const row = rowOf(link);
      expect([row.byName, row.by, JSON.parse(String(row.sealed))]).toEqual([undefined, 'ada', JSON.parse(link.people)]);
      // In the place of another's it is nothing, nor is it when a letter of it was changed.
      const other = link.people.replace('"ada"', '"bob"');
      expect(openedPeople(other, () => keyOf('ada'))).toBe(other);
      expect(partsOf(facts, other)?.changed).toEqual(['bob']);
    }
    await peopleKeys(folder).destroy(erasedId('ada'), EPOCH + 99);
    const after = await peopleKeys(folder).known();
    for (const { people } of links) expect(openedPeople(people, after)).toBe(people);
  });

  it('is nothing of whoever was erased, in clear neither', async () => {
    await peopleKeys(folder).destroy(erasedId('ada'), EPOCH + 4);
    for (const shown of ['clear', 'sealed'] as const)
      expect((await given(shown)).map(({ people }) => people === '{}')).toEqual(batch?.links.map((_, i) => i < 4));
    expect(await given('none')).toEqual(batch?.links.map((link) => ({ ...link, people: '{}' })));
  });

  it('costs a look at those who are in the batch, and at nobody else; a key that another process destroyed is used no more', async () => {
    const keys = peopleKeys(folder);
    const asked: string[] = [];
    const refuse = () => Promise.reject(new Error('reads everything'));
    const watched = {
      ...{ ...keys, erased: refuse, known: refuse },
      erasedUntil: (person: string) => {
        asked.push(person);
        return keys.erasedUntil(person);
      },
      of: (person: string, at: number) => {
        asked.push(person);
        return keys.of(person, at);
      },
    };
    for (const shown of ['clear', 'sealed'] as const) {
      const got: SinkBatch[] = [];
      const sink = forSink({ name: 'x', write: async (one) => void got.push(one) }, shown, watched);
      if (!batch) throw new Error('none');
      await sink.write(batch, never);
      expect([shown, asked.splice(0)]).toEqual([shown, shown === 'clear' ? ['ada'] : ['ada', 'ada']]);
      await peopleKeys(folder).destroy(erasedId('ada'), EPOCH + 99);
      await sink.write(batch, never);
      expect(new Set(got[1]?.links.map(({ people }) => people))).toEqual(new Set(['{}']));
      rmSync(folder, { recursive: true, force: true });
      asked.length = 0;
    }
  });

  it('comes back with no copy of the keys that was made after', async () => {
    const links = await given('sealed');
    await peopleKeys(folder).destroy(erasedId('ada'), EPOCH + 99);
    const copy = `${folder}-copy`;
    cpSync(folder, copy, { recursive: true });
    const keyOf = await peopleKeys(copy).known();
    for (const { people } of links) expect(openedPeople(people, keyOf)).toBe(people);
  });
});
