import { describe, expect, it } from 'vitest';
import { killsOf } from './all.ts';
import { effectIn } from './effect.ts';

const SCRIPTS = new Map([
  ['a1', 'drawbridge-save'],
  ['a2', 'drawbridge-lock'],
  ['a3', 'drawbridge-claim'],
  ['a4', 'drawbridge-chain-add'],
  ['a5', 'moveToFinished:5.1'],
  ['a6', 'drawbridge-beat'],
]);

/** A command as Redis reads it: an array of bulk strings. */
const resp = (...words: readonly string[]) =>
  [`*${words.length}\r\n`, ...words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)].join('');

const seen = (text: string) => effectIn(Buffer.from(text), SCRIPTS, () => 'a1');

describe('what of the bytes that leave the process is an effect', () => {
  it.each([
    ['a commit', resp('EVALSHA', 'a1', '1', '{drawbridge}:request:r1'), { name: 'redis drawbridge-save' }],
    ['a script that is sent in full', resp('EVAL', 'text', '1', '{drawbridge}:x'), { name: 'redis drawbridge-save' }],
    ['a job that ended', resp('EVALSHA', 'a5', '1', '{drawbridge}:bull:notify:'), { name: 'redis moveToFinished' }],
    [
      'the lock of a machine',
      resp('EVALSHA', 'a2', '1', '{drawbridge}:lock:aws:1'),
      { name: 'redis drawbridge-lock machine' },
    ],
    [
      'the lock of cards',
      resp('EVALSHA', 'a2', '1', '{drawbridge}:lock:cards:r1'),
      { name: 'redis drawbridge-lock cards' },
    ],
    ['a page that was shown', resp('HSET', '{drawbridge}:pages', 'a', 'b'), { name: 'redis HSET pages' }],
    [
      'two in one write',
      resp('HGET', '{drawbridge}:a', 'b') + resp('SET', '{drawbridge}:strays', '[]'),
      { name: 'redis SET strays' },
    ],
    ['a message', 'POST /api/chat.postMessage HTTP/1.1\r\nHost: x\r\n\r\n{}', { name: 'POST /api/chat.postMessage' }],
    ['an answer', 'HTTP/1.1 200 OK\r\n\r\n', { name: 'answer 200' }],
    [
      'a rule',
      'POST / HTTP/1.1\r\nHost: x\r\n\r\nAction=AuthorizeSecurityGroupIngress&x=1',
      { name: 'aws AuthorizeSecurityGroupIngress' },
    ],
    ['the lock of a loop', resp('EVALSHA', 'a2', '1', '{drawbridge}:lock:loop:sweep'), {}],
    [
      'the beat of a process',
      resp('HSET', '{drawbridge}:processes', 'a', '{}') + resp('PEXPIRE', '{drawbridge}:processes', '1'),
      {},
    ],
    ['that a process lives', resp('EVALSHA', 'a6', '1', '{drawbridge}:beats'), {}],
    ['the chain of the audit', resp('EVALSHA', 'a4', '1', '{drawbridge}:audit-heads'), {}],
    ['how far a sink is', resp('HSET', '{drawbridge}:audit-sinks', 'files', '{}'), {}],
    ['a read of Redis', resp('ZRANGEBYSCORE', '{drawbridge}:audit-heads', '1', '1'), {}],
    ['a read of a cloud', 'POST / HTTP/1.1\r\nHost: x\r\n\r\nAction=DescribeInstances', {}],
    [
      'a look at the log of a cloud',
      'POST / HTTP/1.1\r\nX-Amz-Target: com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents\r\n\r\n{}',
      {},
    ],
    ['what is due is taken', resp('EVALSHA', 'a3', '1', '{drawbridge}:due'), { takes: true }],
    ['headers whose body names the call', 'POST / HTTP/1.1\r\nHost: x\r\n\r\n', { more: true }],
  ])('%s', (_, text, expected) => {
    expect(seen(text)).toEqual(expected);
  });
});

describe('which kills are done', () => {
  const point = (name: string, nth = 1) => ({ name, nth });
  const said = (points: Parameters<typeof killsOf>[0]) =>
    killsOf(points).map(({ when, name, nth }) => `${when} ${name} ${nth}`);

  it('one right after each point, and one before the first', () => {
    expect(said([point('accept'), point('save'), point('save', 2)])).toEqual([
      'after accept 1',
      'after save 1',
      'after save 2',
      'before accept 1',
    ]);
  });

  it('one right before a point where something was taken before it', () => {
    expect(said([point('save'), { ...point('lock'), takenBefore: true }])).toEqual([
      'after save 1',
      'after lock 1',
      'before save 1',
      'before lock 1',
    ]);
  });

  it('of the cards that are kept one after the other the first and the last', () => {
    const card = (nth: number) => point('redis drawbridge-keep-card', nth);
    expect(said([card(1), card(2), card(3), card(4), point('post'), card(5)])).toEqual([
      'after redis drawbridge-keep-card 1',
      'after redis drawbridge-keep-card 4',
      'after post 1',
      'after redis drawbridge-keep-card 5',
      'before redis drawbridge-keep-card 1',
    ]);
  });
});
