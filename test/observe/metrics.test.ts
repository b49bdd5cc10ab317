import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { AuditEntry } from '../../src/core/audit/entry.ts';
import type { CloudName } from '../../src/core/machine/machine.ts';
import { METRICS } from '../../src/observe/metric-table.ts';
import { type MetricReadings, metrics } from '../../src/observe/metrics.ts';
import { QUIET } from '../redis/server.ts';
import { scraped } from './scraped.ts';

const READINGS: MetricReadings = {
  store: async () => ({ open: 3, overdue: 2, oldestMs: 90_000, usedBytes: 10, mostBytes: 100 }),
  queues: async () => [{ queue: 'converge', waiting: 4, active: 1, oldestMs: 1_500 }],
  sinks: async () => [{ name: 'files', records: 7, waitedMs: 61_000 }],
  parts: () => [
    { name: 'slack', since: 0 },
    { name: 'teams', since: 0, trouble: 'Teams did not respond.' },
  ],
  lifeboat: () => ({ isOn: true, wentBack: false }),
  inHand: () => 570,
  findings: () => ({ fine: 12, fault: 1, unknown: 0 }),
};
const CLOUDS = new Map<CloudName, readonly string[]>([['aws', ['111111111111']]]);

function meter(clouds = CLOUDS) {
  return metrics({ version: '1.2.3', clouds, log: QUIET });
}

async function read(made: ReturnType<typeof meter>, readings: Partial<MetricReadings> = {}) {
  const { type, body } = await made.text({ ...READINGS, ...readings });
  expect(type).toBe('text/plain; version=0.0.4; charset=utf-8');
  return scraped(body);
}

function entry(more: Partial<AuditEntry>): AuditEntry {
  return { act: 'a', event: 'request', outcome: 'done', by: 'drawbridge', as: 'program', ...more };
}

describe('what Prometheus reads', () => {
  it('is every metric of the table, with its type, and Node’s own', async () => {
    const made = meter();
    made.acted(entry({ outcome: 'refused', code: 'noPolicy' }));
    made.closed(1);
    made.decided('approved', 'person', 1);
    const { families, names } = await read(made);
    const own = families.filter(({ name }) => name.startsWith('drawbridge_'));
    expect(own.map(({ name, type, help }) => [name, type, help]).sort()).toEqual(
      Object.entries(METRICS)
        .map(([name, { type, help }]) => [name, type, help])
        .sort(),
    );
    for (const [name, { type }] of Object.entries(METRICS))
      expect(names).toContain(type === 'histogram' ? `${name}_count` : name);
    expect(names).toContain('nodejs_eventloop_lag_p99_seconds');
    expect(names).toContain('process_resident_memory_bytes');
  });

  it('is in base units, as it is read', async () => {
    const { value } = await read(meter());
    expect(value('drawbridge_build_info', { version: '1.2.3', node: process.version })).toBe(1);
    expect(value('drawbridge_leases_open')).toBe(3);
    expect(value('drawbridge_deliveries_in_hand')).toBe(570);
    expect(value('drawbridge_closings_overdue')).toBe(2);
    expect(value('drawbridge_closing_overdue_seconds')).toBe(90);
    expect(value('drawbridge_queue_jobs', { queue: 'converge', state: 'waiting' })).toBe(4);
    expect(value('drawbridge_queue_oldest_seconds', { queue: 'converge' })).toBe(1.5);
    expect(value('drawbridge_sink_lag_records', { sink: 'files' })).toBe(7);
    expect(value('drawbridge_sink_lag_seconds', { sink: 'files' })).toBe(61);
    expect(value('drawbridge_part_up', { part: 'slack' })).toBe(1);
    expect(value('drawbridge_part_up', { part: 'teams' })).toBe(0);
    expect(value('drawbridge_lifeboat')).toBe(1);
    expect(value('drawbridge_store_went_back')).toBe(0);
    expect(value('drawbridge_doctor_findings', { verdict: 'fault' })).toBe(1);
    expect(value('drawbridge_redis_memory_used_bytes')).toBe(10);
    expect(value('drawbridge_redis_memory_limit_bytes')).toBe(100);
  });

  it('has no value for what cannot be read, and says so; the rest has one', async () => {
    const made = meter();
    await read(made);
    const away = await read(made, { store: () => Promise.reject(new Error('away')) });
    expect(away.value('drawbridge_leases_open')).toBeUndefined();
    expect(away.value('drawbridge_closing_overdue_seconds')).toBeUndefined();
    expect(away.value('drawbridge_reading_up', { reading: 'store' })).toBe(0);
    expect(away.value('drawbridge_reading_up', { reading: 'sinks' })).toBe(1);
    expect(away.value('drawbridge_lifeboat')).toBe(1);
    const back = await read(made, { sinks: async () => [] });
    expect(back.value('drawbridge_leases_open')).toBe(3);
    // A sink that is no more leaves nothing behind.
    expect(back.value('drawbridge_sink_lag_seconds')).toBeUndefined();
  });

  it('gives up after three seconds where something hangs: it has no value, and the rest has one', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const made = meter();
    let isRead = false;
    const reading = read(made, { store: () => Promise.withResolvers<never>().promise }).finally(() => {
      isRead = true;
    });
    await vi.advanceTimersByTimeAsync(2_900);
    expect(isRead).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    const hung = await reading;
    expect(hung.value('drawbridge_leases_open')).toBeUndefined();
    expect(hung.value('drawbridge_reading_up', { reading: 'store' })).toBe(0);
    expect(hung.value('drawbridge_sink_lag_records', { sink: 'files' })).toBe(7);
  });

  it('is read once for scrapes at the same time', async () => {
    const made = meter();
    let count = 0;
    const store = async () => {
      count += 1;
      return READINGS.store();
    };
    await Promise.all([read(made, { store }), read(made, { store }), read(made, { store })]);
    expect(count).toBe(1);
  });
});

describe('what is counted', () => {
  it('are refusals by code, and nothing that people wrote', async () => {
    const made = meter();
    const who = { person: { id: 'ada', name: 'Ada Okafor' }, account: 'U0123ADA' };
    const about = { words: 'the reason', requester: who.person, source: '203.0.113.7/32', machineName: 'web-1' };
    for (const code of ['noPolicy', 'noPolicy', 'stale'] as const)
      made.acted(entry({ outcome: 'refused', code, by: who, ...about }));
    made.acted(entry({ outcome: 'refused' }));
    const { value } = await read(made);
    expect(value('drawbridge_refusals_total', { code: 'noPolicy' })).toBe(2);
    expect(value('drawbridge_refusals_total', { code: 'none' })).toBe(1);
    expect(value('drawbridge_refusals_total')).toBe(4);
    const { body } = await made.text(READINGS);
    for (const planted of ['ada', 'Ada', 'U0123', 'reason', '203.0.113', 'web-1']) expect(body).not.toContain(planted);
  });

  it('is what was found that should not be so, and what of it was put right', async () => {
    const made = meter();
    const machine = 'aws:111111111111:eu-west-1:i-1' as NonNullable<AuditEntry['machine']>;
    made.acted(entry({ event: 'close found', outcome: 'begun', machine }));
    made.acted(entry({ event: 'close found', outcome: 'done', machine }));
    made.acted(entry({ event: 'close found', outcome: 'failed', machine, code: 'cloudSilent' }));
    made.acted(entry({ event: 'reattach', outcome: 'done', cloud: 'aws' }));
    made.acted(entry({ event: 'close found', outcome: 'done', machine, why: 'nothing had to be changed' }));
    made.acted(entry({ event: 'closed', outcome: 'done', machine }));
    const { value } = await read(made);
    expect(value('drawbridge_drift_found_total', { cloud: 'aws' })).toBe(3);
    expect(value('drawbridge_drift_repaired_total', { cloud: 'aws' })).toBe(2);
  });

  it('are lateness and time to decision, in buckets', async () => {
    const made = meter();
    made.closed(700);
    made.closed(61_000);
    made.decided('denied', 'person', 45_000);
    const { value } = await read(made);
    expect(value('drawbridge_closing_lateness_seconds_bucket', { le: '1' })).toBe(1);
    expect(value('drawbridge_closing_lateness_seconds_bucket', { le: '120' })).toBe(2);
    expect(value('drawbridge_closing_lateness_seconds_sum')).toBeCloseTo(61.7);
    const labels = { verdict: 'denied', by: 'person' };
    expect(value('drawbridge_decision_seconds_bucket', { ...labels, le: '30' })).toBe(0);
    expect(value('drawbridge_decision_seconds_bucket', { ...labels, le: '60' })).toBe(1);
  });

  it('are calls by account only where few are configured, and however many an organization has', async () => {
    const made = meter();
    const call = { cloud: 'aws', account: '111111111111', operation: 'DescribeInstances' } as const;
    // What has not happened yet is 0.
    expect((await read(made)).value('drawbridge_cloud_calls_total', { outcome: 'throttled' })).toBe(0);
    made.called(call)('throttled');
    made.called({ ...call, account: '222222222222' })('done');
    made.called({ ...call, account: '333333333333' })('done');
    const { value, all } = await read(made);
    expect(value('drawbridge_cloud_calls_total', { account: '111111111111', outcome: 'throttled' })).toBe(1);
    expect(value('drawbridge_cloud_calls_total', { account: 'other', outcome: 'done' })).toBe(2);
    expect(value('drawbridge_cloud_call_seconds_count', { cloud: 'aws' })).toBe(3);
    expect(all.filter(({ labels }) => 'operation' in labels)).toEqual([]);
    const many = meter(new Map([['aws', Array.from({ length: 21 }, (_, i) => String(i))]]));
    many.called({ ...call, account: '3' })('done');
    const few = await read(many);
    expect(few.value('drawbridge_cloud_calls_total', { account: '', outcome: 'done' })).toBe(1);
    expect(few.all.filter(({ name }) => name === 'drawbridge_cloud_calls_total')).toHaveLength(4);
  });
});
