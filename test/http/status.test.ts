import { describe, expect, it, onTestFinished } from 'vitest';
import type { Drill } from '../../src/core/request/drill.ts';
import { startServer } from '../../src/http/server.ts';
import { statusRoute } from '../../src/http/status.ts';
import type { PartHealth } from '../../src/ports/health.ts';
import type { LiveProcess } from '../../src/ports/processes.ts';
import { waitingConfiguration } from '../../src/restart.ts';
import { QUIET } from '../redis/server.ts';

const CLOSINGS = { proven: 2, latestMs: 1, medianMs: 1, p99Ms: 2, worstMs: 2, overdue: 0, oldestMs: 0 };
const DRILL: Drill = {
  ...{ request: 'k7m3q9w', machineName: 'sandbox-1', what: 'port 22 from 192.0.2.1', by: { id: 'sam', name: 'Sam' } },
  ...{ startedAt: Date.UTC(2026, 10, 27), dueAt: Date.UTC(2026, 10, 27, 0, 1), closedAt: Date.UTC(2026, 10, 27, 0, 2) },
  outcome: 'passed',
};
const LIVE: readonly LiveProcess[] = [
  { id: 'a', host: 'one', roles: 'web, work', config: '0123abcd', program: '1.0.0', since: Date.UTC(2026, 10, 27) },
  { id: 'b', host: 'two', roles: 'work', config: '4567cdef', program: '1.0.0', since: Date.UTC(2026, 10, 27) },
];
const PROPOSED = {
  ...{ code: '0123abcd', text: 'slack: {}', at: Date.UTC(2026, 10, 27, 8), differences: ['policies'] },
  approvedBy: [{ id: 'sam', name: 'Sam' }],
};
const REST: Omit<Parameters<typeof statusRoute>[1], 'health' | 'about'> = {
  closings: () => CLOSINGS,
  lifeboat: () => ({ isOn: false, wentBack: false }),
  drill: async () => DRILL,
  configuration: async () => ({ forRestart: [], forApproval: undefined }),
  processes: () => LIVE,
};

async function serve(
  parts: readonly PartHealth[],
  ready: () => Promise<readonly string[]>,
  more: Partial<typeof REST> = {},
) {
  const health = { parts: () => parts, missing: () => parts.flatMap(({ name, trouble }) => (trouble ? [name] : [])) };
  const routes = [statusRoute('right', { ...REST, ...more, health, about: { installation: 'test' } })];
  const server = await startServer({ host: '127.0.0.1', port: 0, routes, ready, log: QUIET });
  onTestFinished(() => server.close());
  return async (path: string, authorization?: string) => {
    const answer = await fetch(`${server.url}${path}`, { headers: authorization ? { authorization } : {} });
    return { status: answer.status, body: (await answer.text()).trim() };
  };
}

describe('the probes', () => {
  it('say that the process runs whatever is missing, and what is missing for traffic', async () => {
    let missing: () => Promise<readonly string[]> = async () => [];
    const get = await serve([], () => missing());
    expect(await get('/readyz')).toEqual({ status: 200, body: 'ready' });
    missing = async () => ['slack', 'teams'];
    expect(await get('/readyz')).toEqual({ status: 503, body: 'not ready: slack, teams' });
    missing = () => Promise.reject(new Error('READONLY'));
    expect(await get('/readyz')).toEqual({ status: 503, body: 'not ready: redis' });
    expect(await get('/healthz')).toEqual({ status: 200, body: 'ok' });
  });
});

describe('the status', () => {
  it('is for who has the token', async () => {
    const get = await serve([], async () => []);
    for (const wrong of [undefined, 'right', 'Bearer wrong', 'Basic right'])
      expect((await get('/status', wrong)).status).toBe(401);
    expect((await get('/status', 'Bearer right')).status).toBe(200);
  });

  it.each([
    ['nothing', async () => waitingConfiguration({ waiting: [] }, undefined), { forRestart: [], forApproval: null }],
    [
      'a restart, and its owners',
      async () => waitingConfiguration({ waiting: ['slack'] }, { proposed: async () => PROPOSED }),
      {
        forRestart: ['slack'],
        forApproval: { version: '0123abcd', since: '2026-11-27T08:00:00.000Z', approvals: 1 },
      },
    ],
    ['what nobody can tell', async () => Promise.reject(new Error('READONLY')), 'unknown'],
  ])('says that a changed configuration waits for %s', async (_, configuration, waiting) => {
    const get = await serve([], async () => [], { configuration });
    expect(JSON.parse((await get('/status', 'Bearer right')).body)).toMatchObject({ waiting });
  });

  it.each([
    ['none', async () => undefined, null],
    ['what nobody can tell', async () => Promise.reject(new Error('READONLY')), 'unknown'],
  ])('says of the last drill: %s', async (_, drill, told) => {
    const get = await serve([], async () => [], { drill });
    expect(JSON.parse((await get('/status', 'Bearer right')).body)).toMatchObject({ drill: told });
  });

  it('does not say that processes which nobody has seen are the same', async () => {
    const get = await serve([], async () => [], { processes: () => [] });
    const processes = { sameVersions: 'unknown', sameRules: 'unknown', live: [] };
    expect(JSON.parse((await get('/status', 'Bearer right')).body)).toMatchObject({ processes });
  });

  it('is told although the store keeps what it is asked', async () => {
    const never = () => new Promise<never>(() => {});
    const get = await serve([], async () => [], { drill: never, configuration: never });
    const said: unknown = JSON.parse((await get('/status', 'Bearer right')).body);
    expect(said).toMatchObject({ ready: true, drill: 'unknown', waiting: 'unknown' });
  });

  it('says how each part is, and since when', async () => {
    const since = Date.UTC(2026, 10, 27, 9);
    const get = await serve(
      [
        { name: 'redis', since },
        { name: 'slack', since, trouble: 'Slack did not respond.' },
      ],
      async () => [],
    );
    const at = '2026-11-27T09:00:00.000Z';
    expect(JSON.parse((await get('/status', 'Bearer right')).body)).toEqual({
      installation: 'test',
      waiting: { forRestart: [], forApproval: null },
      ...{ closings: CLOSINGS, lifeboat: { isOn: false, wentBack: false } },
      drill: {
        ...{ machine: 'sandbox-1', outcome: 'passed', lateMs: 60_000 },
        ...{ started: '2026-11-27T00:00:00.000Z', due: '2026-11-27T00:01:00.000Z', closed: '2026-11-27T00:02:00.000Z' },
      },
      processes: {
        sameVersions: false,
        sameRules: false,
        live: [
          {
            host: 'one',
            roles: 'web, work',
            config: '0123abcd',
            program: '1.0.0',
            started: '2026-11-27T00:00:00.000Z',
          },
          { host: 'two', roles: 'work', config: '4567cdef', program: '1.0.0', started: '2026-11-27T00:00:00.000Z' },
        ],
      },
      ready: false,
      missing: ['slack'],
      parts: [
        { name: 'redis', since: at },
        { name: 'slack', since: at, trouble: 'Slack did not respond.' },
      ],
    });
  });
});
