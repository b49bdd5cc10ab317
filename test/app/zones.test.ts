import { expect, it } from 'vitest';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { notify } from '../../src/app/request/notify.ts';
import { submit } from '../../src/app/request/submit.ts';
import type { JitError } from '../../src/core/errors/errors.ts';
import { ASK, approved } from './approved.ts';
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

it('what came too late is told on the reader’s clock, too', async () => {
  const { deps, id, converge } = await approved();
  await converge();
  await revoke(deps, ADA, id);
  await converge();
  const refusal = await decide(deps, GRACE, { request: id, verdict: 'approve' }).catch((error: JitError) => error);
  const { request } = await deps.store.load(id);
  const at = request?.status === 'ended' ? request.proof.at : 0;
  expect(refusal).toMatchObject({ code: 'alreadyOver' });
  const { spans } = refusal as JitError;
  expect(JSON.stringify(spans)).toContain(`{"at":${at}}`);
});
