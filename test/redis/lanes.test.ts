import { describe, expect, it } from 'vitest';
import { type MachineId, machineId } from '../../src/core/machine/machine.ts';
import { Lanes } from '../../src/queue/lanes.ts';
import { machine } from '../conformance/fixtures.ts';
import { QUIET } from './server.ts';

const signal = new AbortController().signal;

function inAzure(subscription: string, n: number): MachineId {
  const vm = `providers/Microsoft.Compute/virtualMachines/web-${n}`;
  const id = machineId('azure', `/subscriptions/${subscription}/resourceGroups/rg/${vm}`);
  if (!id) throw new Error('no id');
  return id;
}

/** Lanes whose looks end when they are told to. */
function lanes(hands: number) {
  const begun: MachineId[] = [];
  const ends = new Map<MachineId, () => void>();
  const run = (one: MachineId) => {
    begun.push(one);
    return new Promise<void>((resolve) => ends.set(one, resolve));
  };
  const made = new Lanes({ run, log: QUIET, hands, signal });
  const end = async (one: MachineId) => {
    ends.get(one)?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { made, begun, end };
}

describe('the hands of a process', () => {
  it('are each account’s own: a silent one with any number of machines delays no other, in its own cloud or elsewhere', () => {
    const { made, begun } = lanes(10);
    for (let n = 0; n < 10_000; n += 1) made.add(machine(n), 'close');
    expect(begun).toHaveLength(10);
    const others = [inAzure('one', 1), inAzure('two', 1)];
    for (const one of others) made.add(one, 'close');
    // At once: in the same step of the event loop.
    expect(begun.slice(10)).toEqual(others);
  });

  it('are counted: what waits, since when, and what is looked at', async () => {
    const { made, end } = lanes(1);
    expect(made.figures()).toEqual({ queue: 'machines', waiting: 0, active: 0, oldestMs: 0 });
    for (const n of [1, 2]) made.add(machine(n), 'open');
    made.add(machine(3), 'close');
    // One that waited to be opened, and is to be closed now, has waited as long.
    made.add(machine(2), 'close');
    const { oldestMs, ...counted } = made.figures();
    expect(counted).toEqual({ queue: 'machines', waiting: 2, active: 1 });
    expect(oldestMs).toBeGreaterThan(0);
    for (const n of [1, 3, 2]) await end(machine(n));
    expect(made.figures()).toEqual({ queue: 'machines', waiting: 0, active: 0, oldestMs: 0 });
  });

  it('take closings before openings, and what became one', async () => {
    const { made, begun, end } = lanes(1);
    for (const n of [1, 2, 3]) made.add(machine(n), 'open');
    made.add(machine(4), 'close');
    made.add(machine(3), 'close');
    for (const n of [1, 4, 3, 2]) await end(machine(n));
    expect(begun).toEqual([1, 4, 3, 2].map(machine));
  });

  it('are not all taken by openings, however many there are and whatever they wait for', async () => {
    const { made, begun, end } = lanes(10);
    for (let n = 0; n < 30_000; n += 1) made.add(machine(n), 'open');
    expect(begun).toHaveLength(8);
    for (const n of [40_001, 40_002, 40_003]) made.add(machine(n), 'close');
    expect(begun.slice(8)).toEqual([40_001, 40_002].map(machine));
    await end(machine(0));
    expect(begun.slice(10)).toEqual([machine(40_003)]);
    for (const n of [40_001, 40_002, 40_003]) await end(machine(n));
    expect(begun).toHaveLength(12);
  });

  it('look at a machine once for all that waits, and never twice at the same time', async () => {
    const { made, begun, end } = lanes(10);
    for (let i = 0; i < 5; i += 1) made.add(machine(1), 'close');
    expect(begun).toEqual([machine(1)]);
    await end(machine(1));
    expect(begun).toEqual([machine(1), machine(1)]);
    await end(machine(1));
    expect(begun).toHaveLength(2);
  });

  it('end what is under way when they stop, and begin nothing more', async () => {
    const { made, begun, end } = lanes(1);
    made.add(machine(1), 'close');
    made.add(machine(2), 'close');
    const closed = made.close();
    made.add(machine(3), 'close');
    await end(machine(1));
    await closed;
    expect(begun).toEqual([machine(1)]);
  });
});
