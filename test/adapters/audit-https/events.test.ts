import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EventHookSettings, eventHook } from '../../../adapters/audit-https/events.ts';
import { outgoing } from '../../../adapters/outgoing/index.ts';
import type { SinkBatch } from '../../../src/ports/sink.ts';
import { batches } from '../../conformance/sink.ts';
import { signedHead } from '../../core/evidence/chain.ts';
import { sinkServer } from '../sink-server.ts';

const never = new AbortController().signal;
const [one, two] = batches(2) as [SinkBatch, SinkBatch];
const NOW = 1_764_000_000_000;
const KEY = `whsec_${Buffer.from('planted key of a test').toString('base64')}`;

describe('a webhook for events', () => {
  let server: Awaited<ReturnType<typeof sinkServer>>;
  /** From which one on the next is refused, once. */
  let failAt: number | undefined;
  let wrong = 422;
  const make = (more: Partial<EventHookSettings> = {}) =>
    eventHook(
      { name: 'soar', url: `${server.url}/hooks?team=sec`, secret: KEY, ...more },
      outgoing({ hosts: [server.host], addresses: ['127.0.0.0/8'] }),
      () => NOW,
    );
  const ids = () => server.kept.map(({ headers }) => headers['webhook-id']);
  const upTo = (count: number) =>
    [...one.links, ...two.links].slice(0, count).map(({ epoch, sequence }) => `demo-${epoch}-${sequence}`);
  beforeEach(async () => {
    failAt = undefined;
    wrong = 422;
    server = await sinkServer(() => {
      if (failAt === undefined || server.kept.length < failAt) return { status: 204 };
      failAt = undefined;
      return { status: wrong };
    });
  });
  afterEach(() => server.stop());

  it('gets each by itself, in order, signed with the time, as Standard Webhooks have it', async () => {
    await make().write(one, never);
    expect(ids()).toEqual(upTo(10));
    for (const { headers, body, url } of server.kept) {
      expect(url).toBe('/hooks?team=sec');
      const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
      const own = createHmac('sha256', 'planted key of a test').update(signed).digest('base64');
      expect(headers['webhook-signature']).toBe(`v1,${own}`);
      expect(headers['webhook-timestamp']).toBe(String(NOW / 1_000));
      expect(body).not.toContain('planted');
    }
    const [first] = server.kept.map(({ body }) => JSON.parse(body) as Readonly<Record<string, unknown>>);
    expect(first).toMatchObject({
      type: 'drawbridge.opened',
      timestamp: expect.stringMatching(/Z$/),
      data: { installation: 'demo', event: 'opened', outcome: 'done', by: 'ada', byName: 'Ada', index: 1 },
    });
  });

  it('gets those that it wants, and the others are done with', async () => {
    await make({ events: ['closed', 'closed again'] }).write(one, never);
    expect(server.kept).toEqual([]);
    await make({ events: ['opened'] }).write(one, never);
    expect(ids()).toEqual(upTo(10));
  });

  it('goes on behind what was taken, when it failed in the middle, and nothing goes before that', async () => {
    const hook = make();
    failAt = 4;
    await expect(hook.write(one, never)).rejects.toMatchObject({
      code: 'outgoingSilent',
      say: expect.stringContaining('422'),
    });
    expect(ids()).toEqual(upTo(4));
    await hook.write(one, never);
    await hook.write(two, never);
    expect(ids()).toEqual(upTo(20));
  });

  // 410 ends a subscription elsewhere ("Standard Webhooks"): here an event that is owed is owed until somebody gives it up.
  it.each([400, 401, 410, 429, 500, 503])(
    'that answers %i has not taken it: the same comes again, and nothing before it',
    async (status) => {
      const hook = make();
      wrong = status;
      failAt = 2;
      await expect(hook.write(one, never)).rejects.toMatchObject({
        code: 'outgoingSilent',
        say: expect.stringContaining(`answers ${status}`),
      });
      expect(ids()).toEqual(upTo(2));
      await hook.write(one, never);
      expect(ids()).toEqual(upTo(10));
    },
  );

  it('gets what comes at the same places of the chain after a database that went back, while the process lives', async () => {
    const hook = make();
    await hook.write(one, never);
    const links = one.links.map((link) => ({ ...link, epoch: link.epoch + 1 }));
    const last = links.at(-1);
    if (!last) throw new Error('none');
    await hook.write({ ...one, links, note: signedHead(last) }, never);
    expect(ids()).toEqual([...upTo(10), ...links.map(({ epoch, sequence }) => `demo-${epoch}-${sequence}`)]);
  });

  it('gets it again, with the same ids, from a process that cannot know', async () => {
    failAt = 4;
    await expect(make().write(one, never)).rejects.toThrow();
    await make().write(one, never);
    expect(ids()).toEqual([...upTo(4), ...upTo(10)]);
  });

  it('gets what had no answer again, with the same id', async () => {
    const hook = make();
    server.state.mode = 'loses answers';
    await expect(hook.write(one, never)).rejects.toMatchObject({ code: 'outgoingSilent' });
    server.state.mode = 'away';
    await expect(hook.write(one, never)).rejects.toMatchObject({ code: 'outgoingSilent' });
    server.state.mode = 'well';
    await hook.write(one, never);
    expect(ids()).toEqual([...upTo(1), ...upTo(10)]);
  });

  it('is not waited for, when nobody waits any more', async () => {
    server.state.mode = 'hangs';
    await expect(make().write(one, AbortSignal.timeout(100))).rejects.toThrow();
  });

  it('is signed with the newest key', async () => {
    let key = 'first';
    const hook = make({ secret: () => key });
    await hook.write(one, never);
    key = 'second';
    await hook.write(two, never);
    const signedWith = (secret: string) =>
      server.kept.filter(({ headers, body }) => {
        const text = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
        return headers['webhook-signature'] === `v1,${createHmac('sha256', secret).update(text).digest('base64')}`;
      }).length;
    expect([signedWith('first'), signedWith('second')]).toEqual([10, 10]);
  });

  it.each(['http://169.254.169.254/hooks', 'http://127.0.0.1:1/hooks', 'https://other.example/hooks'])(
    'is called at hosts that are allowed, and at addresses that are public or written: not %s',
    async (url) => {
      const call = outgoing({ hosts: ['127.0.0.1:1', '169.254.169.254'], addresses: [] });
      const hook = eventHook({ name: 'soar', url, secret: KEY }, call, () => NOW);
      await expect(hook.write(one, never)).rejects.toMatchObject({ code: 'outgoingRefused' });
    },
  );
});
