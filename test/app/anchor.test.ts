import { describe, expect, it } from 'vitest';
import { anchor } from '../../src/app/evidence/anchor.ts';
import { notesIn } from '../../src/core/evidence/head.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Place } from '../../src/core/people/place.ts';
import type { Report } from '../../src/core/view/report.ts';
import type { Chat } from '../../src/ports/chat.ts';
import type { EvidenceRoom } from '../../src/ports/evidence-room.ts';
import { lines, signedHead } from '../core/evidence/chain.ts';
import { world } from './fixtures.ts';

const DAY_MS = 86_400_000;

it('a signed head is left with the operators once a day, from the second day on, where there is a new one', async () => {
  const { deps, clock } = world();
  const told: string[] = [];
  const chat = {
    chat: 'slack',
    tell: async (report: Report, place: Place) => {
      const rows = report.sections.flatMap((section) => section.rows.map(({ line }) => plain(line)));
      told.push([place.id, phrased(report.title), ...rows].join('\n'));
    },
  } as unknown as Chat;
  const operators: readonly Place[] = [{ chat: 'slack', kind: 'channel', id: 'C0OPERATORS' }];
  const here = { ...deps, chats: new Map([['slack' as const, chat]]), rules: { ...deps.rules, operators } };
  const { links } = lines(20);
  let index = 10;
  const last = async () => {
    const link = links[index - 1];
    return link && { ...link, note: signedHead(link) };
  };
  const room = { chain: { last } } as unknown as EvidenceRoom;
  const look = () => anchor(here, room);
  await look();
  expect(told).toEqual([]);
  clock.advance(DAY_MS);
  await look();
  await look();
  clock.advance(DAY_MS);
  await look();
  expect(told).toHaveLength(1);
  index = 20;
  clock.advance(DAY_MS);
  await look();
  expect(told.map((text) => text.split('\n').slice(0, 2))).toEqual([
    ['C0OPERATORS', 'Audit: 10 records'],
    ['C0OPERATORS', 'Audit: 20 records'],
  ]);
  const heads = links.filter(({ index: at }) => at === 10 || at === 20);
  expect(notesIn(told.join('\n'))).toEqual(heads.map((link) => signedHead(link)));
});

describe('signed heads in a text', () => {
  it('are found as notes, too, one below the other', () => {
    const { links } = lines(3);
    const notes = links.map((link) => signedHead(link));
    expect(notesIn(notes.join(''))).toEqual(notes);
    expect(notesIn('nothing')).toEqual([]);
  });
});
