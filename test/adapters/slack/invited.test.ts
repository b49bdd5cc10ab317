import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ADA, type Rig, startRig } from './harness.ts';

const BOT = 'U0BOT000001';

describe('somebody who joins a channel', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig();
  });
  afterEach(() => rig.stop());

  /** As Slack tells it (docs.slack.dev/reference/events/member_joined_channel). */
  const joined = (user: string) => {
    const { appId, teamId } = rig.slack;
    const body = JSON.stringify({
      ...{ type: 'event_callback', api_app_id: appId, team_id: teamId, event_id: `Ev${user}`, event_time: 1 },
      authorizations: [{ enterprise_id: null, team_id: teamId, user_id: BOT, is_bot: true }],
      event: { type: 'member_joined_channel', user, channel: 'C0NEW000001', channel_type: 'C', team: teamId },
    });
    return rig.slack.deliver({ body, headers: { 'content-type': 'application/json' } });
  };

  it('opens the channel where it is the bot', async () => {
    expect(await joined(BOT)).toMatchObject({ status: 200 });
    await vi.waitFor(() =>
      expect(rig.calls).toEqual([{ what: 'opened', where: { chat: 'slack', kind: 'channel', id: 'C0NEW000001' } }]),
    );
  });

  it('is nothing to Drawbridge where it is anybody else', async () => {
    expect(await joined(ADA)).toMatchObject({ status: 200 });
    expect(rig.calls).toEqual([]);
    expect(rig.log).toEqual([]);
  });
});
