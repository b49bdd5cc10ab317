import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tracedDeliveries } from '../../src/app/inbox/traced.ts';
import { tracedFor } from '../../src/app/machine/traced.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import type { Request } from '../../src/core/request/request.ts';
import { traces } from '../../src/observe/traces.ts';
import { inStatus } from '../core/samples.ts';
import { startCollector } from './collector.ts';

let collector: Awaited<ReturnType<typeof startCollector>>;
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(() => collector.stop());

/** A process that traces. */
const make = () =>
  traces({ url: collector.url, headers: { authorization: 'Bearer t0ken' }, installation: 'test', version: '1.0.0' });
const call = { cloud: 'aws', account: '123456789012', operation: 'DescribeInstances' } as const;

describe('traces', () => {
  it('lead from a delivery through its decision to what another process does for it', async () => {
    const [web, work] = [make(), make()];
    let from: string | undefined;
    const deliveries = tracedDeliveries({ traces: web }, 'slack', {
      press: async () =>
        web.span('decision', { facts: { 'drawbridge.event': 'approved' } }, async () => {
          from = web.current();
        }),
    });
    await deliveries.press();
    await work.span('job', { from }, async () => {});
    const request: Request = { ...inStatus('activating'), trace: from ?? '' };
    await tracedFor({ traces: work }, [request], async () => {
      work.called({ ...call, isChange: true })('done', { status: 200, id: 'r-1' });
    });
    await Promise.all([web.close(), work.close()]);
    const { spans, faults } = collector;
    expect(faults).toEqual([]);
    const named = (name: string) => spans.find((span) => span.name === name);
    expect(spans.map(({ name }) => name).sort()).toEqual(['cloud call', 'decision', 'delivery', 'job', 'machine']);
    expect(new Set(spans.map(({ trace }) => trace)).size).toBe(1);
    expect(named('decision')?.parent).toBe(named('delivery')?.id);
    expect(named('machine')?.parent).toBe(named('decision')?.id);
    expect(named('cloud call')).toMatchObject({
      parent: named('machine')?.id,
      facts: {
        ...{ 'cloud.provider': 'aws', 'cloud.account.id': '123456789012', 'rpc.method': 'DescribeInstances' },
        ...{ 'http.response.status_code': 200, 'drawbridge.cloud_call': 'r-1', 'drawbridge.outcome': 'done' },
      },
    });
    expect(collector.bodies[0]).toContain('Bearer t0ken');
  });

  it('have nothing that nobody asked for', async () => {
    const made = make();
    made.called(call)('done');
    await made.span('decision', {}, async () => made.called(call)('done'));
    await tracedFor({ traces: made }, [inStatus('activating')], async () => made.called(call)('done'));
    expect(made.current()).toBeUndefined();
    await made.close();
    expect(collector.spans).toEqual([]);
  });

  it('link the other requests of one machine', async () => {
    const made = make();
    const parent = (n: number) => `00-${String(n).repeat(32)}-${String(n).repeat(16)}-01`;
    const all = [1, 2, 3].map((n): Request => ({ ...inStatus('activating'), trace: parent(n) }));
    await tracedFor({ traces: made }, all, async () => {});
    await made.close();
    expect(collector.spans).toMatchObject([
      { name: 'machine', trace: '1'.repeat(32), links: ['2'.repeat(32), '3'.repeat(32)] },
    ]);
  });

  it('have the code of an error, and not what it says', async () => {
    const made = make();
    const failing = (error: unknown) =>
      made.span('delivery', { isFirst: true }, async () => {
        throw error;
      });
    await expect(failing(new JitError('cloudRefused', { cloud: 'AWS', code: 'S3cret' }))).rejects.toThrow();
    await expect(failing(new Error('the token is S3cret'))).rejects.toThrow('S3cret');
    await made.close();
    expect(collector.spans.map(({ facts }) => facts['error.type'])).toEqual(['cloudRefused', 'bug']);
    expect(collector.bodies.join()).not.toContain('S3cret');
  });

  it.each(['', '00-0-0-01', `00-${'z'.repeat(32)}-${'1'.repeat(16)}-01`])('take no “%s” for a trace', async (from) => {
    const made = make();
    await made.span('job', { from }, async () => {});
    await made.close();
    expect(collector.spans).toEqual([]);
  });

  it('hold nothing up where the collector is away', async () => {
    await collector.stop();
    const made = make();
    expect(await made.span('delivery', { isFirst: true }, async () => 'done')).toBe('done');
    const began = performance.now();
    await made.close();
    expect(performance.now() - began).toBeLessThan(30_000);
    collector = await startCollector();
  });
});
