import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { decide } from '../../src/app/request/decide.ts';
import { withdraw } from '../../src/app/request/end.ts';
import { parseCommand } from '../../src/core/language/grammar.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Machine } from '../../src/core/machine/machine.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { refusal, SSH } from '../core/samples.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const DB: Machine = { ...MACHINE, id: 'aws:123456789012:eu-west-1:i-0123456789abcdef1', name: 'db-1' };
const TOOL: Machine = { ...MACHINE, id: 'aws:123456789012:eu-west-1:i-0123456789abcdef2', name: 'tool-1' };

function several(...policies: readonly (typeof POLICY)[]) {
  const made = world({ policies: policies.length > 0 ? policies : [POLICY] });
  made.cloud.machineList = [MACHINE, DB, TOOL];
  const { look } = made.cloud;
  made.cloud.look = async (id, signal) => ({
    ...(await look(id, signal)),
    machine: made.cloud.machineList.find((one) => one.id === id) ?? MACHINE,
  });
  const ask = (text: string, key = 'k1') => inbox(made.deps).command({ ...SENDER, key }, text);
  return { ...made, ask, all: () => made.deps.store.recent('ada', 20) };
}

describe('several machines in one command', () => {
  it('are a request for each, linked, that is decided and ended on its own', async () => {
    const { ask, all, deps } = several();
    const { lines, refused } = await ask('request api-1, db-1 22 for 1h because deploy');
    expect(refused).toBe(false);
    expect(plain(lines[0] ?? [])).toContain('2 of 2 machines, a request for each');
    const requests = await all();
    expect(requests.map(({ machineName }) => machineName).sort()).toEqual(['api-1', 'db-1']);
    expect(new Set(requests.map(({ together }) => together?.id)).size).toBe(1);
    expect(requests[0]?.together?.machines).toEqual(['api-1', 'db-1']);
    const [first, second] = requests;
    const fact = first && viewOf(first).facts.find(({ label }) => label === 'Requested with');
    expect(plain(fact?.value ?? [])).toContain('api-1, db-1');
    await decide(deps, GRACE, { request: first?.id ?? '', verdict: 'approve' });
    await withdraw(deps, ADA, second?.id ?? '');
    expect((await all()).map(({ status }) => status).sort()).toEqual(['activating', 'withdrawn']);
  });

  it('twice by the same delivery are the same', async () => {
    const { ask, all } = several();
    await ask('request api-1, db-1 because deploy');
    await ask('request api-1, db-1 because deploy');
    expect(await all()).toHaveLength(2);
  });

  it('are each judged by its own policy; one that is refused holds up no other', async () => {
    const { ask, all } = several({ ...POLICY, machines: { names: ['db-*'], tags: {} }, longestMs: 600_000 }, POLICY);
    const { lines, refused } = await ask('request db-1, api-1, nowhere 22 for 1h because deploy');
    expect(refused).toBe(false);
    expect((await all()).map(({ machineName }) => machineName)).toEqual(['api-1']);
    const text = lines.map(plain).join('\n');
    expect(text).toContain('1 of 3 machines');
    expect(text).toContain('db-1 was not requested: Policy production allows at most 10 min');
    expect(text).toContain('nowhere was not requested: No machine is called');
  });

  it('are refused with all reasons where none can be requested', async () => {
    const { ask, all } = several({ ...POLICY, longestMs: 600_000 });
    const { lines, refused } = await ask('request api-1, db-1 for 1h because deploy');
    expect(refused).toBe(true);
    expect(plain(lines[0] ?? [])).toMatch(/^None of these could be requested\. api-1 was not .* db-1 was not /);
    expect(await all()).toEqual([]);
  });

  it.each([
    ['request web-1, web-2 22 because x', 'web-1', ['web-2'], [SSH]],
    ['request web-1,web-2 22 because x', 'web-1', ['web-2'], [SSH]],
    ['request web-1 ,web-2, web-1 because x', 'web-1', ['web-2'], []],
    ['request web-1, 22 because x', 'web-1', undefined, [SSH]],
    ['request web-1, web-2, ssh because x', 'web-1', ['web-2'], [SSH]],
  ])('“%s”', (text, machine, others, ports) => {
    const ask = { machine, ports, ...(others ? { others } : {}), justification: 'x' };
    expect(parseCommand(text, new Map())).toEqual({ verb: 'request', ask });
  });

  it.each([
    [`request ${Array.from({ length: 11 }, (_, n) => `web-${n}`).join(', ')} because x`, 'tooManyAtOnce'],
    ['explain web-1, web-2', 'oneAtATime'],
    ['break-glass web-1, web-2 because x', 'oneAtATime'],
  ])('“%s” is refused', (text, code) => {
    expect(refusal(() => parseCommand(text, new Map())).code).toBe(code);
  });
});
