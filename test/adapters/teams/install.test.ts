import { describe, expect, it } from 'vitest';
import { teamsAdapter } from '../../../adapters/teams/index.ts';
import { installer } from '../../../adapters/teams/install.ts';
import { complete, LIMITS } from '../../../adapters/teams/settings.ts';
import { people } from '../../../simulators/world.ts';
import type { Place } from '../../../src/core/people/place.ts';
import { memoryJournal } from '../../memory/journal.ts';
import { goBy, teamsHarness, viewFor } from './harness.ts';

const h = teamsHarness();
const { manager: grace } = people;
const place: Place = { chat: 'teams', kind: 'private', id: grace.entraId };
const log = { info: () => {}, warn: () => {}, error: () => {} };

async function posting(app = h.sim.graph.app) {
  const settings = { ...h.settings, install: { app, graph: h.sim.graph.url } };
  const adapter = await teamsAdapter(
    settings,
    { log, journal: memoryJournal(Date.now), entraIdOf: () => undefined },
    LIMITS,
  );
  return () => adapter.publish(viewFor(), place, { nonce: 'n', tried: false }, new AbortController().signal);
}
const cards = () => h.chatOf(grace.entraId).filter(({ cards: some }) => some.length > 0).length;
const alone = () => h.sim.setPerson(grace.entraId, { installed: false, inTeam: false });

describe('somebody whom the bot cannot write to, where the app may be added for people', () => {
  it('is given the app, and reached', async () => {
    alone();
    const post = await posting();
    await post();
    expect(cards()).toBe(1);
    expect(h.sim.person(grace.entraId).installed).toBe(true);
  });

  it('is not given it where a team reaches them, nor without the setting', async () => {
    h.sim.setPerson(grace.entraId, { installed: false });
    await (await posting())();
    expect(h.sim.person(grace.entraId).installed).toBe(false);
    alone();
    const publish = h.adapter.publish(viewFor(), place, { nonce: 'n', tried: false }, new AbortController().signal);
    await expect(publish).rejects.toMatchObject({ code: 'chatRefused' });
    expect(h.sim.person(grace.entraId).installed).toBe(false);
  });

  it('gets it at most once a day: whoever took it off is left alone', async () => {
    alone();
    const post = await posting();
    await post();
    h.sim.setPerson(grace.entraId, { installed: false });
    await expect(post()).rejects.toMatchObject({ code: 'chatRefused' });
    expect(h.sim.person(grace.entraId).installed).toBe(false);
  });

  it('is not reached where the right is missing, the app is not there, or they blocked the bot', async () => {
    alone();
    h.sim.setMayInstall(false);
    await expect((await posting())()).rejects.toMatchObject({ code: 'chatRefused' });
    h.sim.setMayInstall(true);
    const other = '00000000-1111-4222-8333-444444444444';
    await expect((await posting(other))()).rejects.toMatchObject({ code: 'chatRefused' });
    expect(h.sim.person(grace.entraId).installed).toBe(false);
  });

  it('is tried again where Graph is busy or silent, and waits as long as it says', async () => {
    alone();
    const post = await posting();
    h.sim.faults.add('installApp', { kind: 'throttle', retryAfterSeconds: 7 });
    await expect(post()).rejects.toMatchObject({ code: 'chatSilent', retryAfterMs: 7_000 });
    goBy(7_000);
    h.sim.faults.add('installApp', { kind: 'error', status: 503, code: 'ServiceUnavailable' });
    await expect(post()).rejects.toMatchObject({ code: 'chatSilent' });
    h.sim.faults.add('installApp', { kind: 'lostReply' });
    await expect(post()).rejects.toMatchObject({ code: 'chatSilent' });
    // It had been done: they have it, and are reached.
    await post();
    expect(cards()).toBe(1);
  });
});

describe('the installer', () => {
  it('is not there without the setting, and calls no foreign host in the clear', () => {
    const login = { token: async () => 't' };
    expect(installer({ settings: complete(h.settings), login, now: () => 0 })).toBeUndefined();
    const install = { app: h.sim.graph.app, graph: 'http://graph.example.com' };
    expect(() => complete({ ...h.settings, install })).toThrow(/configuration/i);
  });

  it('asks again after a while for a right that was missing', async () => {
    let now = 0;
    let asked = 0;
    const login = {
      token: async () => {
        asked += 1;
        return 'no token of the login';
      },
    };
    const settings = complete({ ...h.settings, install: { app: h.sim.graph.app, graph: h.sim.graph.url } });
    const adding = installer({ settings, login, now: () => now });
    const { signal } = new AbortController();
    for (const at of [0, 1, 600_001]) {
      now = at;
      expect(await adding?.install(grace.entraId, signal)).toBe(false);
    }
    expect(asked).toBe(2);
  });
});
