import { expect, it } from 'vitest';
import { notify } from '../../src/app/request/notify.ts';
import { submit } from '../../src/app/request/submit.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, SENDER, world } from './fixtures.ts';

it('each place is shown instants on its reader’s clock: in a channel the requester’s, where it is known', async () => {
  const people = [
    { ...ADA, zone: 'Europe/Berlin' },
    { ...GRACE, zone: 'Asia/Tokyo' },
  ];
  const { deps, chat, house } = world({ people });
  const { id } = await submit(deps, ADA, ASK, SENDER);
  await notify(deps, id, new AbortController().signal);
  const zones = () => chat.shown.splice(0).map(({ place, view }) => [place.id, view.zone]);
  expect(zones()).toEqual([
    ['C1', 'Europe/Berlin'],
    ['U2', 'Asia/Tokyo'],
    ['U1', 'Europe/Berlin'],
  ]);
  house.people = [ADA, GRACE];
  // Another clock alone is no news.
  await notify(deps, id, new AbortController().signal);
  expect(zones()).toEqual([]);
});
