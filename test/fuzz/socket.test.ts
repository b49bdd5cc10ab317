import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ADA, CHANNEL, type Rig, startRig } from '../adapters/slack/harness.ts';
import { holds, SEED } from './hold.ts';
import { mutated, mutatedText } from './mutate.ts';

let rig: Rig;
const stray = vi.fn();
beforeEach(async () => {
  rig = await startRig({ mode: 'socket' });
  process.on('unhandledRejection', stray);
});
afterEach(async () => {
  process.off('unhandledRejection', stray);
  await rig.stop();
});

/** Nobody signs envelopes: the connection is Slack's. What comes through it may be anything all the same. */
it(`Socket Mode takes whatever comes as a frame (seed ${SEED})`, async () => {
  const user = { id: ADA, team_id: rig.slack.teamId };
  const common = { api_app_id: rig.slack.appId, team: { id: rig.slack.teamId }, user };
  const button = { type: 'button', action_id: 'jit_approve', value: '{"r":"k7m3q9w","v":1}' };
  const payloads = [
    {
      ...common,
      command: '/jit',
      text: 'list',
      user_id: ADA,
      team_id: rig.slack.teamId,
      trigger_id: '1',
      channel_id: CHANNEL,
    },
    {
      ...common,
      type: 'block_actions',
      trigger_id: '2',
      channel: { id: CHANNEL },
      message: { ts: '1.2' },
      actions: [button],
    },
    { ...common, type: 'view_submission', view: { id: 'V1', callback_id: 'jit_request', state: { values: {} } } },
    { ...common, type: 'event_callback', event: { type: 'app_home_opened', user: ADA } },
  ];
  const types = ['slash_commands', 'interactive', 'interactive', 'events_api'];
  const frames = payloads.map((payload, i) => ({
    envelope_id: 'e',
    type: types[i],
    accepts_response_payload: true,
    payload,
  }));
  // Slack's own word to go away is obeyed, and tested elsewhere.
  const frame = fc
    .constantFrom(...frames)
    .chain((one) =>
      fc.oneof(
        mutated(one).map((value) => JSON.stringify(value) ?? ''),
        mutatedText(JSON.stringify(one)),
      ),
    )
    .filter((text) => !text.includes('disconnect'));
  await holds('frames of Socket Mode', frame, { usual: 150, long: 10_000 }, (text) => {
    rig.slack.sendFrame(text);
    return new Promise((resolve) => setImmediate(resolve));
  });
  await vi.waitFor(() => expect(rig.slack.connections()).toBe(1));
  const before = rig.calls.length;
  expect((await rig.slack.command(ADA, CHANNEL, '/jit machines')).ok).toBe(true);
  await vi.waitFor(() => expect(rig.calls.slice(before)).toContainEqual(expect.objectContaining({ text: 'machines' })));
  expect(stray).not.toHaveBeenCalled();
});
