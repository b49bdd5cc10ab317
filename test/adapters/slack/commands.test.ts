import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { people } from '../../../simulators/world.ts';
import { ADA, CHANNEL, type Rig, startRig } from './harness.ts';

describe.each(['http', 'socket'] as const)('commands over %s', (mode) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({ mode });
  });
  afterEach(() => {
    rig.slack.faults.clear();
    rig.calls.splice(0);
    rig.log.splice(0);
  });
  afterAll(() => rig.stop());

  it('are acknowledged with nothing, handed over, and answered to the person alone', async () => {
    const seen = await rig.slack.command(ADA, CHANNEL, '/jit request web-1 because a < b & *c*');
    expect(seen).toEqual({ ok: true, status: 200, body: '' });
    await vi.waitFor(() => expect(rig.seen(ADA)).toContain('You said request web-1 because a &lt; b &amp; ∗c∗.'));
    expect(rig.seen(people.manager.slackId)).toEqual([]);
    expect(rig.calls).toMatchObject([
      {
        what: 'command',
        text: 'request web-1 because a < b & *c*',
        sender: { chat: 'slack', user: ADA, place: { chat: 'slack', kind: 'channel', id: CHANNEL } },
      },
    ]);
  });
});
