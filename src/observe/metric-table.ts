/** A metric as Prometheus knows it. Labels come from closed lists, or from the configuration. */
interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** For people who look at it, and for docs/metrics.md. */
  readonly help: string;
  readonly labels: readonly string[];
  /** Of a histogram: upper limits, in its unit. */
  readonly buckets?: readonly number[];
}

/**
 * Every metric of Drawbridge's own, once: what is served, docs/metrics.md, and what alert rules and the dashboard may name come from
 * here. Names as Prometheus wants them: base units, and `_total` for what only grows.
 */
export const METRICS = {
  drawbridge_build_info: {
    type: 'gauge',
    help: 'Always 1: the version of Drawbridge, and of Node',
    labels: ['version', 'node'],
  },
  drawbridge_leases_open: {
    type: 'gauge',
    help: 'Access that was approved and is not proven closed, in the whole installation',
    labels: [],
  },
  drawbridge_closings_overdue: {
    type: 'gauge',
    help: 'Closings that are late, in the whole installation',
    labels: [],
  },
  drawbridge_closing_overdue_seconds: {
    type: 'gauge',
    help: 'By how much the oldest of these is late; 0 where none is',
    labels: [],
  },
  drawbridge_closing_lateness_seconds: {
    type: 'histogram',
    help: 'How late a closing was proven, by this process',
    labels: [],
    buckets: [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 900, 3_600],
  },
  drawbridge_decision_seconds: {
    type: 'histogram',
    help: 'From a request to its decision, taken by this process; `by` is person or policy',
    labels: ['verdict', 'by'],
    buckets: [1, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400, 86_400],
  },
  drawbridge_refusals_total: {
    type: 'counter',
    help: 'What was refused, by the code of docs/errors.md',
    labels: ['code'],
  },
  drawbridge_cloud_calls_total: {
    type: 'counter',
    help: 'Requests to AWS (EC2, STS, and what else is asked there), Azure Resource Manager, and Google Cloud; `outcome` is done, refused, throttled, or failed. `account` is empty where more than 20 are configured, and other for one that is not',
    labels: ['cloud', 'account', 'outcome'],
  },
  drawbridge_cloud_call_seconds: {
    type: 'histogram',
    help: 'How long such a request took',
    labels: ['cloud'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  drawbridge_drift_found_total: {
    type: 'counter',
    help: 'What was found that should not be so: rules that nobody may have, security groups that somebody moved',
    labels: ['cloud'],
  },
  drawbridge_drift_repaired_total: {
    type: 'counter',
    help: 'What of that was closed, or put right',
    labels: ['cloud'],
  },
  drawbridge_queue_jobs: {
    type: 'gauge',
    help: 'Jobs by queue: converge and notify in Redis, machines in this process; `state` is waiting or active',
    labels: ['queue', 'state'],
  },
  drawbridge_queue_oldest_seconds: {
    type: 'gauge',
    help: 'How long the next job of that queue has waited',
    labels: ['queue'],
  },
  drawbridge_deliveries_in_hand: {
    type: 'gauge',
    help: 'Commands, presses, and forms that this process accepted and has not done; from 1,000 on, people are told to try again, but for what closes',
    labels: [],
  },
  drawbridge_redis_memory_used_bytes: { type: 'gauge', help: 'Memory that Redis uses', labels: [] },
  drawbridge_redis_memory_limit_bytes: { type: 'gauge', help: 'Memory that Redis may use', labels: [] },
  drawbridge_sink_lag_records: {
    type: 'gauge',
    help: 'Audit records that a sink does not have yet',
    labels: ['sink'],
  },
  drawbridge_sink_lag_seconds: {
    type: 'gauge',
    help: 'How long the oldest of these has waited',
    labels: ['sink'],
  },
  drawbridge_lifeboat: {
    type: 'gauge',
    help: '1 while this process closes without Redis and opens nothing',
    labels: [],
  },
  drawbridge_store_went_back: {
    type: 'gauge',
    help: '1 while Redis may hold less than it did and was not compared with the clouds',
    labels: [],
  },
  drawbridge_part_up: {
    type: 'gauge',
    help: 'Whether a part works, as this process sees it: redis, slack, teams, azure, aws, and what /status has besides',
    labels: ['part'],
  },
  drawbridge_doctor_findings: {
    type: 'gauge',
    help: 'What `jit doctor` would find here, looked at once an hour; `verdict` is fine, fault, or unknown',
    labels: ['verdict'],
  },
  drawbridge_reading_up: {
    type: 'gauge',
    help: 'Whether what is read at each scrape could be read: store, queues, sinks. What could not has no value',
    labels: ['reading'],
  },
} as const satisfies Readonly<Record<string, Metric>>;

/** The name of a metric of a type. */
export type MetricName<Type extends Metric['type'] = Metric['type']> = {
  [Name in keyof typeof METRICS]: (typeof METRICS)[Name]['type'] extends Type ? Name : never;
}[keyof typeof METRICS];
