import { describe, expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { mustAgree, processExaminer } from '../../src/app/operators/same-rules.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { extend } from '../../src/app/request/extend.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import type { LiveProcess, ProcessRecords } from '../../src/ports/processes.ts';
import type { Store } from '../../src/ports/store.ts';
import { approved } from './approved.ts';
import { ADA, GRACE, MACHINE } from './fixtures.ts';
import { glassWorld } from './glass-fixtures.ts';

const ONE: LiveProcess = {
  ...{ id: 'a', host: 'one', roles: 'web, work', config: '01234567', rules: '0r', program: '1.0.0', since: 1 },
};
const LONGER_MS = 600_000;

function processes(...live: readonly LiveProcess[]): ProcessRecords {
  return { beat: async () => live, live: async () => live, leave: async () => {} };
}

const NONE_OPEN: Pick<Store, 'find'> = { find: async () => [] };

describe('processes that judge by different rules', () => {
  it('open and extend nothing until they agree, and close all the same', async () => {
    const { deps, cloud, converge: run, load, id } = await approved();
    let agree = false;
    const differ = async () => {
      if (!agree) throw new JitError('rulesDiffer');
    };
    Object.assign(deps, { mustAgree: differ });
    await run();
    expect(cloud.calls).toEqual([]);
    expect(await load()).toMatchObject({ status: 'activating', trouble: { code: 'rulesDiffer' } });
    agree = true;
    await run();
    expect(await load()).toMatchObject({ status: 'active' });
    await extend(deps, ADA, id, LONGER_MS);
    agree = false;
    await expect(extend(deps, ADA, id, LONGER_MS)).rejects.toMatchObject({ code: 'extensionPending' });
    const more = decide(deps, GRACE, { request: id, verdict: 'approve' });
    await expect(more).rejects.toMatchObject({ code: 'rulesDiffer' });
    await decide(deps, GRACE, { request: id, verdict: 'deny', reason: 'not now' });
    await expect(extend(deps, ADA, id, LONGER_MS)).rejects.toMatchObject({ code: 'rulesDiffer' });
    await revoke(deps, GRACE, id);
    await run();
    expect(await load()).toMatchObject({ status: 'ended', proof: { verdict: 'closed' } });
  });

  it('do not keep anybody from breaking glass', async () => {
    const glass = glassWorld();
    Object.assign(glass.deps, { mustAgree: () => Promise.reject(new JitError('rulesDiffer')) });
    const { id } = await glass.broken();
    await converge(glass.deps, MACHINE.id, new AbortController().signal);
    expect((await glass.deps.store.load(id)).request).toMatchObject({ status: 'active' });
  });
});

describe('which processes agree', () => {
  const own = { config: ONE.config, rules: '0r' };

  it('is judged by their rules, and not by where they listen and have their files', async () => {
    await expect(mustAgree(processes(ONE, { ...ONE, id: 'b', config: '89abcdef' }), own)).resolves.toBeUndefined();
    const strict = { ...ONE, id: 'b', config: '89abcdef', rules: '1r' };
    await expect(mustAgree(processes(ONE, strict), own)).rejects.toMatchObject({ code: 'rulesDiffer' });
  });

  it('is not known of an older version whose configuration is another', async () => {
    const { rules: _, ...older } = ONE;
    await expect(mustAgree(processes(older), own)).resolves.toBeUndefined();
    await expect(mustAgree(processes({ ...older, config: '89abcdef' }), own)).rejects.toMatchObject({
      code: 'rulesDiffer',
    });
  });

  it('is told by the doctor, with the version of each', async () => {
    const strict = { ...ONE, id: 'b', host: 'two', config: '89abcdef', rules: '1r' };
    expect(
      await processExaminer(processes(ONE, { ...ONE, id: 'c' }), NONE_OPEN).examine([], AbortSignal.abort()),
    ).toEqual([{ of: 'Drawbridge', what: 'configuration 01234567 (2 live)', verdict: 'fine' }]);
    expect(await processExaminer(processes(ONE, strict), NONE_OPEN).examine([], AbortSignal.abort())).toMatchObject([
      {
        verdict: 'fault',
        means:
          'They judge by different rules, so nothing is opened or extended: one has configuration 01234567, two has configuration 89abcdef.',
      },
    ]);
  });

  it('is told by the doctor, where none runs that closes what is open', async () => {
    const { deps, converge: run } = await approved();
    const doctor = (store: Pick<Store, 'find'>) => processExaminer(processes(), store).examine([], AbortSignal.abort());
    expect(await doctor(NONE_OPEN)).toEqual([
      {
        ...{ of: 'Drawbridge', what: 'processes', verdict: 'unknown' },
        ...{ means: 'None runs, so nothing is opened.', remedy: 'Start one: `npx jit start`.' },
      },
    ]);
    await run();
    expect(await doctor(deps.store)).toMatchObject([
      { verdict: 'fault', means: 'None runs, and 1 access is open, which nobody closes.' },
    ]);
  });
});
