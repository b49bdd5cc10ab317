import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DIRECTORY_SCOPES, OPTIONAL_SCOPES, SCOPES } from '../../../adapters/slack/examine.ts';
import type { Fault } from '../../../simulators/shared/faults.ts';
import type { Place } from '../../../src/core/people/place.ts';
import { ADA, CHANNEL, type Rig, startRig } from './harness.ts';

const never = new AbortController().signal;
const channel = (id: string): Place => ({ chat: 'slack', kind: 'channel', id });
const said = (code: string) => `It could not be looked at: Slack says ${code}.`;
const person = (id: string): Place => ({ chat: 'slack', kind: 'private', id });

describe('Slack is looked through', () => {
  let rig: Rig;
  afterEach(() => rig.stop());

  /** What is not fine, by what was looked at. */
  async function wrong(places: readonly Place[]) {
    const found = await rig.adapter.examine(places, never);
    return Object.fromEntries(found.flatMap((one) => (one.verdict === 'fine' ? [] : [[one.what, one.means]])));
  }

  it('and nothing is wrong where all is as the manifest says; over HTTP only Slack knows whether it reaches us', async () => {
    rig = await startRig();
    const places = [channel(CHANNEL), person(ADA), { chat: 'teams' as const, kind: 'channel' as const, id: '19:x' }];
    expect(Object.keys(await wrong(places))).toEqual(['deliveries']);
  });

  it('in Socket Mode by asking for a connection, too', async () => {
    rig = await startRig({ mode: 'socket', start: false });
    expect(await wrong([])).toEqual({});
    rig.slack.faults.add('apps.connections.open', { kind: 'error', status: 200, code: 'invalid_auth' }, 1);
    expect(await wrong([])).toEqual({ deliveries: 'Socket Mode does not open: Slack says invalid_auth.' });
  });

  it('for scopes that were not granted', async () => {
    rig = await startRig({ scopes: SCOPES.filter((scope) => scope !== 'groups:read') });
    expect((await wrong([])).scopes).toBe('The app lacks groups:read, so part of it does not work.');
    await rig.stop();
    rig = await startRig({ scopes: SCOPES });
    expect((await wrong([])).scopes).toBe('Without channels:history, groups:history a card may be posted twice.');
  });

  it('for channels that the app is not in, that are shared, archived, or not there, and people who are not', async () => {
    rig = await startRig();
    rig.slack.setChannel('C0OUTSIDE01', { name: 'outside', is_member: false });
    rig.slack.setChannel('C0SHARED001', { name: 'shared', is_ext_shared: true });
    rig.slack.setChannel('C0OLD000001', { name: 'old', is_archived: true });
    const ids = ['C0OUTSIDE01', 'C0SHARED001', 'C0OLD000001', 'C0NOWHERE01'];
    expect(await wrong([...ids.map(channel), person('U0NOBODY001')])).toEqual({
      deliveries: expect.any(String),
      'channel C0OUTSIDE01': 'The app is not in it, so cards cannot be posted.',
      'channel C0SHARED001': 'It is shared with another organization, so nothing is posted.',
      'channel C0OLD000001': 'It is archived.',
      'channel C0NOWHERE01': 'Slack says channel_not_found.',
      'person U0NOBODY001': 'Slack says user_not_found.',
    });
  });

  it('and says no more than that where the token is not taken', async () => {
    rig = await startRig();
    rig.slack.faults.add('auth.test', { kind: 'error', status: 200, code: 'token_revoked' }, 1);
    expect(await wrong([channel(CHANNEL)])).toEqual({ token: 'Slack says token_revoked.' });
    rig.slack.faults.add('auth.test', { kind: 'error', status: 503, code: 'unavailable' }, 9);
    expect(await wrong([channel(CHANNEL)])).toEqual({ token: 'Slack does not answer at 127.0.0.1.' });
  });

  const busy = 'It could not be looked at: Slack takes no more calls for now.';
  const silent = 'It could not be looked at: Slack does not answer.';
  it.each<[string, Fault, string]>([
    ['takes no calls for now', { kind: 'throttle', retryAfterSeconds: 30 }, busy],
    ['does not answer', { kind: 'reset' }, silent],
    ['is not to be read', { kind: 'strange', body: '<html>' }, silent],
    ['has trouble of its own', { kind: 'error', status: 200, code: 'internal_error' }, said('internal_error')],
    ['has trouble of its own in the header', { kind: 'error', status: 503, code: 'service_unavailable' }, silent],
    ['takes the token no more', { kind: 'error', status: 200, code: 'token_revoked' }, said('token_revoked')],
  ])('and nothing is said of what was not looked at where Slack %s', async (_, fault, means) => {
    rig = await startRig();
    for (const method of ['conversations.info', 'users.info']) rig.slack.faults.add(method, fault, 9);
    const found = await rig.adapter.examine([channel(CHANNEL), person(ADA)], never);
    const remedy = 'Run `npx jit doctor` again in a minute.';
    expect(found.slice(-2)).toEqual([
      { of: 'Slack', what: `channel ${CHANNEL}`, verdict: 'unknown', means, remedy },
      { of: 'Slack', what: `person ${ADA}`, verdict: 'unknown', means, remedy },
    ]);
    rig.slack.faults.clear();
  });

  it('nor of the token where Slack takes no calls for now, nor of what is left when the time is over', async () => {
    rig = await startRig();
    const stop = new AbortController();
    const seen: Place = {
      ...channel(CHANNEL),
      get kind() {
        stop.abort(new Error('time is up'));
        return 'channel' as const;
      },
    };
    const timeUp = await rig.adapter.examine([seen], stop.signal);
    expect(timeUp.at(-1)).toMatchObject({ what: `channel ${CHANNEL}`, verdict: 'unknown' });
    rig.slack.faults.add('auth.test', { kind: 'throttle', retryAfterSeconds: 30 }, 9);
    expect(await wrong([channel(CHANNEL)])).toEqual({ token: busy });
  });

  it('by the scopes that the manifest asks for', async () => {
    rig = await startRig();
    const text = readFileSync(new URL('../../../manifests/slack/manifest.yaml', import.meta.url), 'utf8');
    expect([...SCOPES, ...OPTIONAL_SCOPES, ...DIRECTORY_SCOPES].sort()).toEqual(
      parse(text).oauth_config.scopes.bot.sort(),
    );
  });
});
