import { describe, expect, it } from 'vitest';
import { startBeating, VersionWatch } from '../../src/app/operators/versions.ts';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import type { Place } from '../../src/core/people/place.ts';
import type { LiveProcess, ProcessRecords } from '../../src/ports/processes.ts';
import { QUIET } from '../redis/server.ts';
import { toldWorld } from './told.ts';

const OPERATORS: Place = { chat: 'slack', kind: 'channel', id: 'C0OPERATORS' };
const ONE: LiveProcess = { id: 'a', host: 'one', roles: 'web, work', config: '0123abcd', program: '1.0.0', since: 1 };
const TWO: LiveProcess = { ...ONE, id: 'b', host: 'two', since: 2 };

function twin() {
  const all = new Map<string, LiveProcess>();
  const processes: ProcessRecords = {
    async beat(own) {
      all.set(own.id, own);
      return [...all.values()];
    },
    live: async () => [...all.values()],
    leave: async (id) => void all.delete(id),
  };
  const { deps: before, clock, told } = toldWorld([OPERATORS]);
  const warnings: string[] = [];
  const log = { ...QUIET, warn: (_: unknown, message: string) => void warnings.push(message) };
  const deps = { ...before, log };
  const owns = new Map([ONE, TWO].map((one) => [one.id, one]));
  const watches = [ONE, TWO].map(
    ({ id, ...rest }) => new VersionWatch({ deps, processes, own: () => owns.get(id) ?? { id, ...rest } }),
  );
  const minutes = async (count: number) => {
    for (let minute = 0; minute < count; minute += 1) {
      for (const watch of watches) await watch.beat();
      clock.advance(MINUTE_MS);
    }
  };
  return { all, processes, deps, warnings, owns, watches, told, minutes };
}

describe('processes on one Redis', () => {
  it('that differ for the time of a deploy are a line in the log, and nobody is told', async () => {
    const { owns, watches, told, minutes, warnings } = twin();
    await minutes(1);
    owns.set('b', { ...TWO, program: '1.1.0' });
    await minutes(5);
    expect(warnings).toContain('processes on this Redis run different versions');
    expect(watches[0]?.live()).toHaveLength(2);
    owns.set('a', { ...ONE, program: '1.1.0' });
    await minutes(20);
    expect(told).toEqual([]);
  });

  it('that still differ after ten minutes are told to the operators once, and again when it is over', async () => {
    const { owns, told, minutes } = twin();
    owns.set('b', { ...TWO, config: '4567cdef' });
    await minutes(60);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('Processes on one Redis run different versions');
    expect(told[0]).toContain('Drawbridge 1.0.0 with configuration 0123abcd: one (web, work)');
    expect(told[0]).toContain('Drawbridge 1.0.0 with configuration 4567cdef: two (web, work)');
    // It reads the file again, without a restart.
    owns.set('b', TWO);
    await minutes(5);
    expect(told).toHaveLength(2);
    expect(told[1]).toContain('All processes run the same versions again');
  });

  it('that cannot reach it say so once, and that stop are gone', async () => {
    const { all, deps, processes, warnings } = twin();
    const silent = { ...processes, beat: () => Promise.reject(new Error('ECONNREFUSED')) };
    const versions = { deps, processes: silent, own: () => ONE };
    await startBeating(new VersionWatch(versions), versions).stop();
    expect(warnings).toEqual(['this process could not say in Redis that it lives']);
    all.set(ONE.id, ONE);
    const working = { ...versions, processes };
    await startBeating(new VersionWatch(working), working).stop();
    expect([...all]).toEqual([]);
  });
});
