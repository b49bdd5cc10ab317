import { WebClient } from '@slack/web-api';
import { describe, expect, it, vi } from 'vitest';
import { Members } from '../../../adapters/slack/people.ts';

const MINUTE = 60_000;

function members() {
  const client = new WebClient('xoxb-test');
  const info = vi.spyOn(client.users, 'info');
  const clock = { ms: 0 };
  const is = (user: Readonly<Record<string, unknown>> | undefined) =>
    info.mockResolvedValueOnce({ ok: true, ...(user ? { user: { team_id: 'T1', ...user } } : {}) });
  return { room: new Members(client, { appId: 'A1', teamId: 'T1' }, () => clock.ms), info, is, clock };
}

describe('what Slack says of a person', () => {
  it('is believed for five minutes, and for a decision not at all', async () => {
    const { room, is, info, clock } = members();
    is({});
    expect(await room.refusal('U1', 'shows')).toBeUndefined();
    clock.ms = 5 * MINUTE - 1;
    expect(await room.refusal('U1', 'shows')).toBeUndefined();
    expect(info).toHaveBeenCalledTimes(1);
    is({ is_restricted: true });
    expect(await room.refusal('U1', 'acts')).toBe('a guest');
    // What a decision found out holds for everything after it.
    expect(await room.refusal('U1', 'shows')).toBe('a guest');
    clock.ms = 10 * MINUTE;
    is({});
    expect(await room.refusal('U1', 'shows')).toBeUndefined();
    expect(info).toHaveBeenCalledTimes(3);
  });

  it('is asked once for a crowd of deliveries', async () => {
    const { room, is, info } = members();
    is({});
    await Promise.all(Array.from({ length: 20 }, () => room.refusal('U1', 'shows')));
    expect(info).toHaveBeenCalledTimes(1);
  });

  it('is asked for each person', async () => {
    const { room, is } = members();
    is({});
    is({ is_bot: true });
    expect(await room.refusal('U1', 'shows')).toBeUndefined();
    expect(await room.refusal('U2', 'shows')).toBe('a bot');
  });

  it('that it does not know lets nobody in', async () => {
    const { room, is } = members();
    is(undefined);
    expect(await room.refusal('U1', 'shows')).toBe('unknown');
  });

  it('is asked again after a failure, which lets nobody in', async () => {
    const { room, is, info } = members();
    info.mockRejectedValueOnce(new Error('silent'));
    await expect(room.refusal('U1', 'shows')).rejects.toThrow('silent');
    is({});
    expect(await room.refusal('U1', 'shows')).toBeUndefined();
  });

  it('last is enough to close where it does not answer, and to do nothing else', async () => {
    const { room, is, info } = members();
    is({});
    expect(await room.refusal('U1', 'acts')).toBeUndefined();
    info.mockRejectedValue(new Error('silent'));
    expect(await room.refusal('U1', 'closes')).toBeUndefined();
    expect(await room.refusal('U1', 'closes')).toBeUndefined();
    await expect(room.refusal('U1', 'acts')).rejects.toThrow('silent');
    await expect(room.refusal('U2', 'closes')).rejects.toThrow('silent');
    info.mockReset();
    is({ deleted: true });
    expect(await room.refusal('U1', 'closes')).toBe('deactivated');
  });
});
