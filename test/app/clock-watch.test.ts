import { expect, it, vi } from 'vitest';
import { clockTrusted, startClockWatch } from '../../src/app/loops/clock.ts';
import { Alarms } from '../../src/app/operators/alarms.ts';
import { toldWorld } from './told.ts';

it('operators are told once, by every way, when the clock of the store is not trusted any more', async () => {
  const { deps, titles } = toldWorld([{ chat: 'slack', kind: 'channel', id: 'C0OPERATORS' }]);
  let [trusted, isAway] = [true, false];
  const now = async () => {
    if (isAway) throw new Error('connect ECONNREFUSED');
    return { ...(await deps.store.now()), trusted };
  };
  const byMail: string[] = [];
  const tell = async ({ title }: { readonly title: string }) => void byMail.push(title);
  const alarms = new Alarms({ ...deps, ways: [{ name: 'mail', tell }] });
  const look = () => clockTrusted({ store: { ...deps.store, now }, log: deps.log }, alarms);
  await look();
  isAway = true;
  await look();
  expect(titles()).toEqual([]);
  [trusted, isAway] = [false, false];
  await look();
  await look();
  const TITLE = 'Nothing is opened: the clock of Redis jumped';
  expect([titles(), byMail]).toEqual([[TITLE], [TITLE]]);
});

it('what fails while they are told ends nothing: it is looked at again', async () => {
  const { deps } = toldWorld();
  const log = { ...deps.log, error: vi.fn() };
  const now = () => {
    throw new Error('a fault of ours');
  };
  const watch = startClockWatch({ ...deps, log, store: { ...deps.store, now } });
  await vi.waitFor(() => expect(log.error).toHaveBeenCalledWith({ error: expect.any(Error) }, expect.any(String)));
  await watch.stop();
});
