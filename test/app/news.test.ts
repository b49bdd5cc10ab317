import { expect, it } from 'vitest';
import { tellPlaces } from '../../src/app/protect/news.ts';
import { world } from './fixtures.ts';
import { toldWorld } from './told.ts';

const REPORT = { title: 'News', sections: [] };
const PLACES = [{ chat: 'slack', kind: 'channel', id: 'C1' }] as const;

it('counts a place as told where its chat told it, and no other', async () => {
  expect(await tellPlaces(toldWorld().deps, REPORT, PLACES)).toBe(1);
  const { deps } = world();
  expect(await tellPlaces(deps, REPORT, PLACES)).toBe(0);
  expect(await tellPlaces(deps, REPORT, [{ chat: 'teams', kind: 'channel', id: 'T1' }])).toBe(0);
});
