import { describe, expect, it } from 'vitest';
import { memoryRoom } from '../../src/app/loops/memory.ts';
import { probe } from '../../src/app/loops/probe.ts';
import { Alarms } from '../../src/app/operators/alarms.ts';
import { tellOperators } from '../../src/app/protect/news.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import { say } from '../../src/core/language/say.ts';
import type { Place } from '../../src/core/people/place.ts';
import type { AlarmNews } from '../../src/ports/alarm-way.ts';
import { toldWorld } from './told.ts';

const signal = new AbortController().signal;
const OPERATORS: Place = { chat: 'slack', kind: 'channel', id: 'C0OPERATORS' };
const alarm = { key: 'one', title: say`It broke`, lines: [say`Mend it.`] };
const over = { key: 'one', title: say`It works`, lines: [] };

describe('operators', () => {
  it('are told once that something broke, once when it gets worse, and once that it is over', async () => {
    const { deps, titles } = toldWorld([OPERATORS]);
    const alarms = new Alarms(deps);
    await alarms.over(over);
    await alarms.raise(alarm);
    await alarms.raise(alarm);
    await alarms.raise({ ...alarm, title: say`It broke more`, level: 1 });
    await alarms.raise(alarm);
    await alarms.over(over);
    await alarms.over(over);
    expect(titles()).toEqual(['It broke', 'It broke more', 'It works']);
  });

  it('are told by one process of several, and again where it breaks again', async () => {
    const { deps, clock, titles } = toldWorld([OPERATORS]);
    const both = [new Alarms(deps), new Alarms(deps)];
    for (const alarms of both) await alarms.raise(alarm);
    for (const alarms of both) await alarms.over(over);
    expect(titles()).toEqual(['It broke', 'It works']);
    // Soon again: said once, as soon as a quarter of an hour has gone by.
    for (let minute = 0; minute < 40; minute += 1) {
      for (const alarms of both) await alarms.raise(alarm);
      clock.advance(MINUTE_MS);
    }
    expect(titles()).toEqual(['It broke', 'It works', 'It broke']);
  });

  it('are told again as long as no chat took it', async () => {
    const { deps, chat, titles } = toldWorld([OPERATORS]);
    const { tell } = chat;
    chat.tell = () => Promise.reject(new JitError('chatSilent', { chat: 'Slack' }));
    const alarms = new Alarms(deps);
    await alarms.raise(alarm);
    chat.tell = tell;
    await alarms.raise(alarm);
    await alarms.raise(alarm);
    expect(titles()).toEqual(['It broke']);
  });

  it('hear of it although the store is away', async () => {
    const { deps, titles } = toldWorld([OPERATORS]);
    deps.store.once = () => Promise.reject(new Error('ECONNREFUSED'));
    await new Alarms(deps).raise(alarm);
    expect(titles()).toEqual(['It broke']);
  });

  it('hear of a lost sign-in and of memory that runs short, with what to do', async () => {
    const { deps, cloud, audit, told } = toldWorld([OPERATORS]);
    const alarms = new Alarms(deps);
    cloud.check = () => Promise.reject(new JitError('cloudSilent', { cloud: 'AWS' }));
    await probe(deps, alarms, signal);
    cloud.check = async () => {};
    await probe(deps, alarms, signal);
    for (const used of [72, 73, 86, 60]) {
      audit.size = async () => ({ entries: 1, usedBytes: used, mostBytes: 100 });
      await memoryRoom(deps, alarms);
    }
    expect(told).toEqual([
      'C0OPERATORS Signing in to aws does not work | What is open there cannot be closed now. | AWS did not respond. | `npx jit doctor` says what to do.',
      'C0OPERATORS Signing in to aws works again | Nothing has to be done.',
      'C0OPERATORS Redis is filling up | 72 % of its memory is used. From 85 % on, new requests are refused. Give it more memory, or set `audit.keep` to a number.',
      'C0OPERATORS Redis is nearly full: new requests are refused | 86 % of its memory is used. Closing goes on. Give it more memory, or set `audit.keep` to a number.',
      'C0OPERATORS Redis has room again | Less than 70 % of its memory is used.',
    ]);
  });

  it('are told in their language, also why, by the ways that need no chat', async () => {
    const { deps, cloud, chat } = toldWorld([OPERATORS]);
    const told: string[] = [];
    const pager = { name: 'pager', tell: async ({ title, lines }: AlarmNews) => void told.push(title, ...lines) };
    const german = { ...deps, rules: { ...deps.rules, language: 'de' as const }, ways: [pager] };
    chat.tell = () => Promise.reject(new JitError('chatSilent', { chat: 'Slack' }));
    cloud.check = () => Promise.reject(new JitError('cloudSilent', { cloud: 'AWS' }));
    await probe(german, new Alarms(german), signal);
    expect(told).toEqual([
      'Die Anmeldung bei aws funktioniert nicht',
      'Was dort offen ist, kann jetzt nicht geschlossen werden.',
      'AWS hat nicht geantwortet.',
      '`npx jit doctor` sagt, was zu tun ist.',
    ]);
  });

  it('are told by the ways that need no chat where no chat takes it, or no place is named', async () => {
    const ways = (told: string[]) => [
      {
        name: 'pager',
        tell: async ({ kind, title, lines }: AlarmNews) => void told.push([kind, title, ...lines].join(' | ')),
      },
      { name: 'away', tell: () => Promise.reject(new Error('away')) },
    ];
    for (const operators of [[OPERATORS], undefined]) {
      const { deps, chat, log, titles } = toldWorld(operators);
      const told: string[] = [];
      const alarms = new Alarms({ ...deps, ways: ways(told) });
      const { tell } = chat;
      chat.tell = () => Promise.reject(new JitError('chatSilent', { chat: 'Slack' }));
      await alarms.raise(alarm);
      await alarms.raise(alarm);
      expect(told).toEqual(['alarm | It broke | Mend it.']);
      expect(log).toContain('an alarm was not taken');
      chat.tell = tell;
      await alarms.over(over);
      expect([...told.slice(1), ...titles()]).toEqual(operators ? ['It works'] : ['alarm | It works']);
    }
  });

  it('are told later where nothing took it', async () => {
    const { deps, chat } = toldWorld([OPERATORS]);
    const told: string[] = [];
    const pager = { name: 'pager', tell: async () => Promise.reject<void>(new Error('away')) };
    const alarms = new Alarms({ ...deps, ways: [pager] });
    chat.tell = () => Promise.reject(new JitError('chatSilent', { chat: 'Slack' }));
    await alarms.raise(alarm);
    pager.tell = async () => void told.push('told');
    await alarms.raise(alarm);
    await alarms.raise(alarm);
    expect(told).toEqual(['told']);
  });

  it('are the channels of the policies where none is named, for what was always told there', async () => {
    const { deps, told } = toldWorld();
    await new Alarms(deps).raise(alarm);
    expect(told).toEqual([]);
    await tellOperators(deps, { title: 'Redis is away', sections: [] });
    expect(told).toEqual(['C1 Redis is away']);
    const named = toldWorld([OPERATORS]);
    await tellOperators(named.deps, { title: 'Redis is away', sections: [] });
    expect(named.told).toEqual(['C0OPERATORS Redis is away']);
  });
});

describe('more alarms than are remembered', () => {
  const gone = (n: number) => ({ key: `audit gone ${n}`, title: say`Gone`, lines: [] });

  /** So many that never end, in a process. */
  async function filled(many: number) {
    const made = toldWorld([OPERATORS]);
    const alarms = new Alarms(made.deps);
    for (let n = 0; n < many; n += 1) await alarms.raise(gone(n));
    made.told.length = 0;
    return { ...made, alarms };
  }

  it('drop no new one, and are told themselves, once, and logged', async () => {
    const { alarms, told, log, titles } = await filled(100);
    await alarms.raise(alarm);
    expect(told).toEqual([
      'C0OPERATORS It broke | Mend it.',
      'C0OPERATORS More than 100 alarms last | Drawbridge remembers 100 of them. Those that were raised longest ago are forgotten, and may be told again. | The log has all of them. Mend what lasts; what cannot end, as what is missing in the audit, is forgotten by a restart.',
    ]);
    expect(log).toContain('more alarms last than are remembered: the one that was raised longest ago is forgotten');
    for (let n = 100; n < 150; n += 1) await alarms.raise(gone(n));
    expect(titles().filter((title) => title !== 'Gone')).toEqual(['It broke', 'More than 100 alarms last']);
  });

  it('leave what is raised at each look: it is told once, when it gets worse, and when it is over', async () => {
    const { alarms, titles } = await filled(99);
    for (let n = 100; n < 350; n += 1) {
      await alarms.raise(gone(n));
      await alarms.raise(alarm);
    }
    await alarms.raise({ ...alarm, title: say`It broke more`, level: 1 });
    await alarms.over(over);
    const others = ['Gone', 'More than 100 alarms last'];
    expect(titles().filter((title) => !others.includes(title ?? ''))).toEqual([
      'It broke',
      'It broke more',
      'It works',
    ]);
  });

  it('are told again where what was forgotten lasts, and again where there was room meanwhile', async () => {
    const { deps, clock, titles } = toldWorld([OPERATORS]);
    const alarms = new Alarms(deps);
    const full = async (from: number) => {
      for (let n = from; n < from + 101; n += 1) await alarms.raise(gone(n));
    };
    await alarms.raise(alarm);
    await full(0);
    clock.advance(20 * MINUTE_MS);
    await alarms.raise(alarm);
    for (let n = 0; n < 101; n += 1) await alarms.over(gone(n));
    clock.advance(20 * MINUTE_MS);
    await full(200);
    const others = titles().filter((title) => title !== 'Gone');
    expect(others).toEqual([
      'It broke',
      'More than 100 alarms last',
      'It broke',
      'There is room for alarms again',
      'More than 100 alarms last',
    ]);
  });

  it('of which many were over do not keep from telling what begins again', async () => {
    const { deps, clock, titles } = toldWorld([OPERATORS]);
    const alarms = new Alarms(deps);
    for (let n = 0; n < 99; n += 1) {
      await alarms.raise(gone(n));
      await alarms.over(gone(n));
    }
    clock.advance(MINUTE_MS);
    for (const key of ['one', 'two']) {
      await alarms.raise({ ...alarm, key });
      await alarms.over({ ...over, key });
    }
    for (let minute = 0; minute < 20; minute += 1) {
      await alarms.raise(alarm);
      clock.advance(MINUTE_MS);
    }
    expect(titles().filter((title) => title === 'It broke')).toHaveLength(3);
  });
});
