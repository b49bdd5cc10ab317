import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LockdownWay } from '../../../src/core/machine/lockdown.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { memoryUndo } from '../../memory/undo.ts';
import { type AwsHarness, awsHarness, PROTECTION } from './harness.ts';

const PORTS: readonly Port[] = PROTECTION.ports.map(({ port }) => port);

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness();
  const groups = [{ name: 'web', rules: [{ port: 20, toPort: 25, source: '0.0.0.0/0', description: 'old' }] }];
  aws.sim.human.launch({ name: 'web-1', privateIp: '10.1.0.41', groups });
  aws.sim.human.launch({ name: 'web-2', privateIp: '10.1.0.42', groups });
});
afterEach(() => aws.stop());

/** Everything but the ids that AWS makes anew. */
const everything = () => {
  const { groups, interfaces } = aws.sim.state();
  const named = new Map(groups.map(({ id, name }) => [id, name]));
  return JSON.stringify([
    groups
      .map(({ name, rules }) => [name, rules.map(({ id: _, groupId: __, ...rule }) => JSON.stringify(rule)).sort()])
      .sort(),
    interfaces.map(({ id, groups: of }) => [id, of.map((group) => named.get(group))]),
  ]);
};

/** The program dies at its nth change of AWS: everything from there on is refused. */
async function dieAt(nth: number, work: (adapter: AwsHarness['adapter'], signal: AbortSignal) => Promise<unknown>) {
  const dead = new AbortController();
  const before = aws.mutations();
  const off = aws.sim.onChange(() => {
    if (aws.mutations() - before >= nth) dead.abort(new Error('killed'));
  });
  const ended = await work(aws.restarted(), dead.signal).then(
    () => 'done',
    (error: Error) => error.message,
  );
  off();
  return ended;
}

test.each<LockdownWay>(['close', 'copy'])(
  'a program that dies at any step of it goes on, or goes back (%s)',
  async (how) => {
    const machine = aws.idOf('web-1');
    const fresh = everything();
    for (let nth = 1; nth < 30; nth += 1) {
      const kept = new Map<string, string>();
      const undo = memoryUndo(kept);
      const work = async (adapter: AwsHarness['adapter'], signal: AbortSignal) => {
        await adapter.protect(machine, PROTECTION, signal);
        await adapter.lockDown({ machine, ports: PORTS, how }, undo, signal);
      };
      const back = async (adapter: AwsHarness['adapter'], signal: AbortSignal) => {
        await adapter.unprotect(machine, signal);
        await adapter.putBack({ machine }, undo, signal);
      };
      const ended = await dieAt(nth, work);
      // Goes on.
      await work(aws.restarted(), never);
      expect((await aws.adapter.look(machine, never)).standing).toEqual([]);
      // Goes back, and dies there too.
      await dieAt(nth, back);
      await back(aws.restarted(), never);
      expect(everything()).toBe(fresh);
      expect(kept.size).toBe(0);
      // Dies, and goes back at once.
      await dieAt(nth, work);
      await back(aws.restarted(), never);
      expect(everything()).toBe(fresh);
      expect(kept.size).toBe(0);
      if (ended === 'done') return;
    }
    throw new Error('it never ended');
  },
);
