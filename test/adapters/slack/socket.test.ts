import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ADA, CHANNEL, type Rig, scripted, startRig } from './harness.ts';

describe('Socket Mode', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig({ mode: 'socket', start: false });
  });
  afterEach(() => rig.stop());
  const start = () => rig.adapter.start(scripted(rig.calls, rig.script));
  const answers = async () => {
    const before = rig.calls.length;
    expect((await rig.slack.command(ADA, CHANNEL, '/jit list')).ok).toBe(true);
    await vi.waitFor(() => expect(rig.calls).toHaveLength(before + 1));
  };

  it('has no way in over HTTP', async () => {
    await start();
    expect((await fetch(rig.url, { method: 'POST' })).status).toBe(404);
    expect(rig.slack.connections()).toBe(1);
  });

  const payloads = ['null', '[]', '1', '"x"', '{}', '{"type":"block_actions"}', '{"command":"/jit"}', '{"event":null}'];
  const envelopes = ['interactive', 'slash_commands', 'events_api', 'error', 'open'].flatMap((type) =>
    payloads.map((payload) => `{"envelope_id":"e","type":"${type}","payload":${payload}}`),
  );
  it('is not ended by a frame that is no delivery', async () => {
    const stray = vi.fn();
    process.on('unhandledRejection', stray);
    await start();
    for (const frame of [...payloads, '', 'no JSON', '{"type":', ...envelopes]) rig.slack.sendFrame(frame);
    await answers();
    process.off('unhandledRejection', stray);
    expect(stray).not.toHaveBeenCalled();
    expect(rig.calls).toHaveLength(1);
  });

  it('takes nothing before it is started and after it is stopped, and leaves no connection', async () => {
    expect((await rig.slack.command(ADA, CHANNEL, '/jit list')).ok).toBe(false);
    await start();
    await answers();
    await rig.adapter.stop();
    await vi.waitFor(() => expect(rig.slack.connections()).toBe(0));
    expect((await rig.slack.command(ADA, CHANNEL, '/jit list')).ok).toBe(false);
    expect(rig.calls).toHaveLength(1);
  });

  it('connects anew at once when Slack ends the connection', async () => {
    await start();
    const opened = vi.fn();
    for (let times = 1; times <= 2; times += 1) {
      rig.slack.refreshConnections();
      await vi.waitFor(() => expect(rig.slack.connections()).toBe(0), { interval: 1 }).then(opened);
      await vi.waitFor(() => expect(rig.slack.connections()).toBe(1), { interval: 5 });
      await answers();
    }
    expect(opened).toHaveBeenCalledTimes(2);
  });

  it('goes on trying when Slack is away as the connection is lost', async () => {
    await start();
    rig.slack.faults.add('apps.connections.open', { kind: 'reset' });
    rig.slack.refreshConnections();
    await vi.waitFor(() => expect(rig.log).toContain('warn: no Socket Mode connection to Slack; trying again'));
    await vi.waitFor(() => expect(rig.slack.connections()).toBe(1));
    await answers();
  });

  it('starts also while Slack is away, and connects behind', async () => {
    rig.slack.faults.add('apps.connections.open', { kind: 'error', status: 503, code: 'service_unavailable' });
    await start();
    expect(rig.slack.connections()).toBe(0);
    await vi.waitFor(() => expect(rig.slack.connections()).toBe(1));
    await answers();
  });

  it('asks for no connection before Slack wants to be asked again, nor does the doctor', async () => {
    rig.slack.faults.add('apps.connections.open', { kind: 'throttle', retryAfterSeconds: 2 });
    const before = performance.now();
    await start();
    const found = await rig.adapter.examine([], new AbortController().signal);
    expect(found.find(({ what }) => what === 'deliveries')).toMatchObject({ verdict: 'unknown' });
    expect(rig.slack.connections()).toBe(0);
    await vi.waitFor(() => expect(rig.slack.connections()).toBe(1), { timeout: 30_000 });
    expect(performance.now() - before).toBeGreaterThanOrEqual(2_000);
    await answers();
  });

  it.each(['invalid_auth', 'not_allowed_token_type'])('does not start when Slack refuses it: %s', async (code) => {
    rig.slack.faults.add('apps.connections.open', { kind: 'error', status: 200, code });
    await expect(start()).rejects.toMatchObject({ code: 'chatRefused' });
  });

  it('gives up trying when it is stopped', async () => {
    rig.slack.faults.add('apps.connections.open', { kind: 'reset' }, Number.POSITIVE_INFINITY);
    await start();
    await rig.adapter.stop();
    rig.slack.faults.clear();
    const before = rig.log.length;
    await rig.slack.command(ADA, CHANNEL, '/jit list');
    expect(rig.slack.connections()).toBe(0);
    expect(rig.log).toHaveLength(before);
  });

  it('does not obey another app or another workspace', async () => {
    await start();
    rig.slack.setUser('U0FOREIGN1', { team_id: 'T0OTHER' });
    const members = rig.slack.state().channels.find(({ id }) => id === CHANNEL)?.members ?? [];
    rig.slack.setChannel(CHANNEL, { members: [...members, 'U0FOREIGN1'] });
    await rig.slack.command('U0FOREIGN1', CHANNEL, '/jit list');
    await vi.waitFor(() => expect(rig.log).toEqual(['warn: a Slack delivery was refused (of another workspace)']));
    expect(rig.calls).toEqual([]);
  });
});
