import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type AuditEntry, NOTHING_CHANGED } from '../core/audit/entry.ts';
import { SECOND_MS } from '../core/language/instant.ts';
import { type CloudName, cloudOf } from '../core/machine/machine.ts';
import type { QueueFigures, StoreFigures } from '../ports/figures.ts';
import type { PartHealth } from '../ports/health.ts';
import type { Log } from '../ports/log.ts';
import type { CallOutcome, Meter } from '../ports/meter.ts';
import { METRICS, type MetricName } from './metric-table.ts';

/** What is read at each scrape. What throws, or takes longer than three seconds, has no value then. */
export interface MetricReadings {
  readonly store: () => Promise<StoreFigures>;
  readonly queues: () => Promise<readonly QueueFigures[]>;
  readonly sinks: () => Promise<
    readonly { readonly name: string; readonly records: number; readonly waitedMs: number }[]
  >;
  readonly parts: () => readonly PartHealth[];
  readonly lifeboat: () => { readonly isOn: boolean; readonly wentBack: boolean };
  /** How many deliveries of the chats this process has in hand. */
  readonly inHand: () => number;
  /** How many findings of each verdict the doctor had last; undefined before the first look. */
  readonly findings: () => Readonly<Record<string, number>> | undefined;
}

export interface Metrics extends Meter {
  /** All of them as Prometheus reads them (text format 0.0.4). Scrapes at the same time are one. */
  text(readings: MetricReadings): Promise<{ readonly type: string; readonly body: string }>;
}

export interface MetricOptions {
  readonly version: string;
  /** The clouds that are configured, with the accounts that the configuration names. */
  readonly clouds: ReadonlyMap<CloudName, readonly string[]>;
  readonly log: Log;
}

const LIMIT_MS = 3 * SECOND_MS;
/** Where there are more, all are one. */
const MOST_ACCOUNTS = 20;
const OUTCOMES: readonly CallOutcome[] = ['done', 'refused', 'throttled', 'failed'];
/** Acts that put right what should not be so. */
const DRIFT: ReadonlySet<string> = new Set(['close found', 'closed again', 'reattach', 'reattached', 'detach']);

/** Counts what this process does, and reads the rest when it is asked (docs/metrics.md). */
export function metrics({ version, clouds, log }: MetricOptions): Metrics {
  const registers = [new Registry()];
  const [registry = new Registry()] = registers;
  collectDefaultMetrics({ register: registry });
  const counter = (name: MetricName<'counter'>) => new Counter({ name, ...shapeOf(name), registers });
  const histogram = (name: MetricName<'histogram'>) =>
    new Histogram({ name, ...shapeOf(name), buckets: [...METRICS[name].buckets], registers });
  new Gauge({ name: 'drawbridge_build_info', ...shapeOf('drawbridge_build_info'), registers })
    .labels(version, process.version)
    .set(1);
  const refusals = counter('drawbridge_refusals_total');
  const calls = counter('drawbridge_cloud_calls_total');
  const found = counter('drawbridge_drift_found_total');
  const repaired = counter('drawbridge_drift_repaired_total');
  const lateness = histogram('drawbridge_closing_lateness_seconds');
  const decisions = histogram('drawbridge_decision_seconds');
  const callTime = histogram('drawbridge_cloud_call_seconds');
  const accountOf = accountsOf(clouds);
  // What has not happened yet counts as 0, so that its first time is seen as a rise.
  for (const [cloud, accounts] of clouds) {
    for (const one of [found, repaired]) one.labels(cloud).inc(0);
    callTime.zero({ cloud });
    for (const account of new Set(accounts.map(accountOf)))
      for (const outcome of OUTCOMES) calls.labels(cloud, account, outcome).inc(0);
  }
  const scrape = scraper(registry, log);
  return {
    acted(entry) {
      if (entry.outcome === 'refused') refusals.labels(entry.code ?? 'none').inc();
      const cloud = driftOf(entry);
      if (!cloud) return;
      found.labels(cloud).inc();
      if (entry.outcome === 'done') repaired.labels(cloud).inc();
    },
    decided: (verdict, by, afterMs) => decisions.labels(verdict, by).observe(afterMs / SECOND_MS),
    closed: (lateMs) => lateness.observe(lateMs / SECOND_MS),
    called({ cloud, account, isWaiting }) {
      const began = performance.now();
      return (outcome) => {
        calls.labels(cloud, accountOf(account), outcome).inc();
        if (!isWaiting) callTime.labels(cloud).observe((performance.now() - began) / SECOND_MS);
      };
    },
    async text(readings) {
      await scrape(readings);
      return { type: registry.contentType, body: await registry.metrics() };
    },
  };
}

function shapeOf(name: MetricName) {
  const { help, labels } = METRICS[name];
  return { help, labelNames: [...labels] as string[] };
}

/** The label of an account. However many an organization has, there are no more than the configuration names. */
function accountsOf(clouds: MetricOptions['clouds']): (account: string) => string {
  const known = new Set([...clouds.values()].flat());
  if (known.size > MOST_ACCOUNTS) return () => '';
  return (account) => (known.has(account) ? account : 'other');
}

/** The cloud in which something was found that should not be so; undefined of all other acts. */
function driftOf({ event, outcome, why, cloud, machine }: AuditEntry): CloudName | undefined {
  if (!DRIFT.has(event) || outcome === 'begun' || why === NOTHING_CHANGED) return undefined;
  return cloud ?? (machine && cloudOf(machine));
}

/** Sets what is read at a scrape. */
function scraper(registry: Registry, log: Log): (readings: MetricReadings) => Promise<void> {
  const gauge = (name: MetricName<'gauge'>) => new Gauge({ name, ...shapeOf(name), registers: [registry] });
  const [lifeboat, wentBack] = [gauge('drawbridge_lifeboat'), gauge('drawbridge_store_went_back')];
  const deliveries = gauge('drawbridge_deliveries_in_hand');
  const [parts, findings] = [gauge('drawbridge_part_up'), gauge('drawbridge_doctor_findings')];
  const up = gauge('drawbridge_reading_up');
  const readers = [
    { name: 'store', ...storeGauges(gauge) },
    { name: 'queues', ...queueGauges(gauge) },
    { name: 'sinks', ...sinkGauges(gauge) },
  ];
  const read = async (readings: MetricReadings) => {
    const { isOn, wentBack: back } = readings.lifeboat();
    lifeboat.set(Number(isOn));
    wentBack.set(Number(back));
    deliveries.set(readings.inHand());
    for (const { name, trouble } of readings.parts()) parts.labels(name).set(trouble === undefined ? 1 : 0);
    for (const [verdict, count] of Object.entries(readings.findings() ?? {})) findings.labels(verdict).set(count);
    await Promise.all(
      readers.map(async ({ name, clear, set }) => {
        try {
          const show = await within(set(readings));
          clear();
          show();
          up.labels(name).set(1);
        } catch (error) {
          clear();
          up.labels(name).set(0);
          log.warn({ reading: name, error }, 'a metric could not be read');
        }
      }),
    );
  };
  let underWay: Promise<void> | undefined;
  return (readings) => {
    underWay ??= read(readings).finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

type MakeGauge = (name: MetricName<'gauge'>) => Gauge<string>;

/** Gauges that are read together: `clear` leaves them without a value, `set` reads, and gives what shows it. */
interface Together {
  readonly clear: () => void;
  readonly set: (readings: MetricReadings) => Promise<() => void>;
}

function storeGauges(gauge: MakeGauge): Together {
  const open = gauge('drawbridge_leases_open');
  const overdue = gauge('drawbridge_closings_overdue');
  const oldest = gauge('drawbridge_closing_overdue_seconds');
  const used = gauge('drawbridge_redis_memory_used_bytes');
  const limit = gauge('drawbridge_redis_memory_limit_bytes');
  return {
    clear: () => {
      for (const one of [open, overdue, oldest, used, limit]) one.remove();
    },
    async set({ store }) {
      const figures = await store();
      return () => {
        open.set(figures.open);
        overdue.set(figures.overdue);
        oldest.set(figures.oldestMs / SECOND_MS);
        if (figures.usedBytes !== undefined) used.set(figures.usedBytes);
        if (figures.mostBytes !== undefined) limit.set(figures.mostBytes);
      };
    },
  };
}

function queueGauges(gauge: MakeGauge): Together {
  const [jobs, oldest] = [gauge('drawbridge_queue_jobs'), gauge('drawbridge_queue_oldest_seconds')];
  return {
    clear: () => {
      for (const one of [jobs, oldest]) one.reset();
    },
    async set({ queues }) {
      const figures = await queues();
      return () => {
        for (const { queue, waiting, active, oldestMs } of figures) {
          jobs.labels(queue, 'waiting').set(waiting);
          jobs.labels(queue, 'active').set(active);
          oldest.labels(queue).set(oldestMs / SECOND_MS);
        }
      };
    },
  };
}

function sinkGauges(gauge: MakeGauge): Together {
  const [records, seconds] = [gauge('drawbridge_sink_lag_records'), gauge('drawbridge_sink_lag_seconds')];
  return {
    clear: () => {
      for (const one of [records, seconds]) one.reset();
    },
    async set({ sinks }) {
      const lags = await sinks();
      return () => {
        for (const { name, records: count, waitedMs } of lags) {
          records.labels(name).set(count);
          seconds.labels(name).set(waitedMs / SECOND_MS);
        }
      };
    },
  };
}

async function within<T>(work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('does not answer in time')), LIMIT_MS);
  try {
    return await Promise.race([late, work]);
  } finally {
    clearTimeout(timer);
  }
}
