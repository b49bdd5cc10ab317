import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { metrics } from '../../src/observe/metrics.ts';
import { scraped } from '../observe/scraped.ts';
import { QUIET } from '../redis/server.ts';
import { read } from './files.ts';

/** Rule files of Prometheus ("Alerting rules"), as far as ours use them. */
const alertFile = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Drawbridge[A-Za-z]+$/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[smh]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.strictObject({ summary: z.string().min(1), description: z.string().min(1) }),
        }),
      ),
    }),
  ),
});

const target = z.object({ refId: z.string(), expr: z.string(), datasource: z.object({ uid: z.string() }) });
const panel = z.object({
  id: z.number(),
  title: z.string().min(1),
  datasource: z.object({ uid: z.string() }),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number().min(1), h: z.number().min(1) }),
  targets: z.array(target).min(1),
});
const board = z.object({
  __inputs: z.array(z.object({ name: z.string(), pluginId: z.string() })),
  schemaVersion: z.number(),
  panels: z.array(panel),
});

const rules = alertFile.parse(parse(read('manifests/grafana/alerts.yaml'))).groups.flatMap((group) => group.rules);
const dashboard = board.parse(JSON.parse(read('manifests/grafana/dashboard.json')));
const queries = [
  ...rules.map(({ expr }) => expr),
  ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
];

/** Whether the grammar of Prometheus takes it, and the metrics that it names. */
function readQuery(query: string) {
  let isRight = true;
  const names: string[] = [];
  parser.parse(query).iterate({
    enter({ type, node, from, to }) {
      if (type.isError) isRight = false;
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector') names.push(query.slice(from, to));
    },
  });
  return { isRight, names };
}

/** All that is served under any circumstances, as Prometheus keeps it. */
async function served(): Promise<ReadonlySet<string>> {
  const made = metrics({ version: '1.0.0', clouds: new Map([['aws', ['1']]]), log: QUIET });
  made.acted({ act: 'a', event: 'request', outcome: 'refused', code: 'stale', by: 'drawbridge', as: 'program' });
  made.decided('approved', 'person', 1);
  const { body } = await made.text({
    store: async () => ({ open: 0, overdue: 0, oldestMs: 0, usedBytes: 1, mostBytes: 1 }),
    queues: async () => [{ queue: 'converge', waiting: 0, active: 0, oldestMs: 0 }],
    sinks: async () => [{ name: 'files', records: 0, waitedMs: 0 }],
    parts: () => [{ name: 'slack', since: 0 }],
    inHand: () => 0,
    lifeboat: () => ({ isOn: false, wentBack: false }),
    findings: () => ({ fine: 1, fault: 0, unknown: 0 }),
  });
  return scraped(body).names;
}

describe('the queries of alerts and dashboard', () => {
  it.each(queries)('%s is PromQL', (query) => {
    expect(readQuery(query).isRight).toBe(true);
  });

  it('name what is served, and nothing else', async () => {
    const known = await served();
    const named = queries.flatMap((query) => readQuery(query).names);
    expect(named.length).toBeGreaterThanOrEqual(queries.length);
    expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
  });

  it('would be found to be wrong', () => {
    expect(readQuery('sum by (cloud (x)').isRight).toBe(false);
    expect(readQuery('rate(drawbridge_gone_total[5m]) > 1')).toEqual({
      isRight: true,
      names: ['drawbridge_gone_total'],
    });
  });
});

it('there is an alert for each trouble that operators have to hear of', () => {
  expect(rules.map(({ alert }) => alert.replace('Drawbridge', '')).sort()).toEqual(
    [
      ...['Absent', 'CannotRead', 'ClosingOverdue', 'DoctorFailing', 'Lifeboat', 'NobodyReachable', 'RedisMemory'],
      ...['SinkBehind', 'Throttled'],
    ].sort(),
  );
});

describe('the dashboard', () => {
  it('can be imported anywhere: its data source is asked for', () => {
    const [asked] = dashboard.__inputs;
    expect(asked).toEqual({ name: 'DS_PROMETHEUS', pluginId: 'prometheus' });
    const uids = dashboard.panels.flatMap((one) => [one.datasource.uid, ...one.targets.map((t) => t.datasource.uid)]);
    expect(new Set(uids)).toEqual(new Set([`\${${asked?.name}}`]));
  });

  it('has panels that are each their own, and lie beside each other', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => [x + (i % w), y + Math.floor(i / w)] as const),
    );
    expect(new Set(cells.map(String)).size).toBe(cells.length);
    expect(Math.max(...cells.map(([x]) => x))).toBeLessThan(24);
  });
});

it('the monitor of Kubernetes reads a port that the pods have, with the token that they have', () => {
  const [monitor, policy] = parseAllDocuments(read('manifests/kubernetes/pod-monitor.yaml')).map((one) => one.toJS());
  const [endpoint] = monitor.spec.podMetricsEndpoints;
  const [container] = parse(read('manifests/kubernetes/stateful-set.yaml')).spec.template.spec.containers;
  expect(container.ports.map(({ name }: { readonly name: string }) => name)).toContain(endpoint.port);
  expect(policy.spec.ingress[0].ports).toEqual([{ port: endpoint.port }]);
  const { name, key } = endpoint.authorization.credentials;
  expect(container.envFrom).toEqual([{ secretRef: { name } }]);
  const { admin } = parse(read('manifests/kubernetes/drawbridge.yaml')).http;
  expect(admin).toMatchObject({ token: `env:${key}`, metrics: true });
  const [{ pairs }] = parse(read('manifests/kubernetes/kustomization.yaml')).labels;
  for (const one of [monitor.spec.selector, policy.spec.podSelector]) expect(one.matchLabels).toEqual(pairs);
});
