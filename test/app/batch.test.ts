import { describe, expect, it } from 'vitest';
import type { Deps } from '../../src/app/deps.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { submit } from '../../src/app/request/submit.ts';
import { type Machine, type MachineId, machineId } from '../../src/core/machine/machine.ts';
import { MANAGEMENT_PORTS } from '../../src/core/rule/port.ts';
import { memoryLock } from '../memory/lock.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;

function machine(n: number): Machine {
  const id = machineId('aws', `123456789012:eu-west-1:i-${String(n).padStart(17, '0')}`);
  if (!id) throw new Error('no id');
  return { id, name: `web-${n}`, tags: {}, location: 'eu-west-1' };
}

/** Machines behind one security group, and who asks for them. What is called, and under which locks, is written down. */
function behindOneGroup(count: number, locksOf: (id: MachineId) => readonly string[] = () => ['sg-1']) {
  const made = world();
  const { cloud, deps } = made;
  const machines = Array.from({ length: count }, (_, n) => machine(n + 1));
  cloud.machineList = machines;
  cloud.look = async (id) => ({
    machine: machines.find((one) => one.id === id) as Machine,
    identity: 'i',
    protection: { ports: MANAGEMENT_PORTS.map((port) => ({ port, sources: [], longestMs: 86_400_000 })) },
    standing: [],
  });
  cloud.locate = async (rules) =>
    rules.map((rule) => ({ rule, backend: 'test', at: 'sg-1', locks: locksOf(rule.machine) }));
  const log: string[] = [];
  const close = cloud.close;
  cloud.close = async (placements, ...rest) => {
    log.push(`close ${placements.map(({ rule }) => nameOf(rule.machine)).join(' ')}`);
    await close(placements, ...rest);
  };
  const open = cloud.open;
  cloud.open = async (openings, ...rest) => {
    log.push(`open ${openings.map(({ placement }) => nameOf(placement.rule.machine)).join(' ')}`);
    return open(openings, ...rest);
  };
  const held: number[] = [];
  const real = memoryLock();
  const lock: Deps['lock'] = {
    hold: (keys, options, work) => {
      log.push(`hold ${keys.join(' ')}`);
      held.push(options.ttlMs);
      return real.hold(keys, options, work);
    },
  };
  const nameOf = (id: MachineId) => machines.find((one) => one.id === id)?.name;
  const at = { ...deps, lock };
  let asked = 0;
  const ask = async ({ name }: Machine) => {
    asked += 1;
    const { id } = await submit(at, ADA, { ...ASK, machine: name }, { ...SENDER, key: `k${asked}` });
    await decide(at, GRACE, { request: id, version: 1, verdict: 'approve' });
    return id;
  };
  const status = async (id: string) => (await at.store.load(id)).request?.status;
  return { ...made, deps: at, machines, log, held, ask, status };
}

async function opened(count: number, locksOf?: (id: MachineId) => readonly string[]) {
  const made = behindOneGroup(count, locksOf);
  const ids: string[] = [];
  for (const one of made.machines) {
    ids.push(await made.ask(one));
    await converge(made.deps, one.id, never);
  }
  made.log.length = 0;
  return { ...made, ids };
}

describe('what is owed behind one lock', () => {
  it('is closed on all machines by whoever holds it, once, whatever hints there are', async () => {
    const { deps, clock, machines, ids, log, status } = await opened(5);
    clock.advance(4 * 3_600_000);
    await converge(deps, machine(3).id, never);
    expect(log.filter((line) => line.startsWith('hold'))).toEqual(['hold sg-1']);
    expect(log.filter((line) => line.startsWith('close')).sort()).toEqual(machines.map(({ name }) => `close ${name}`));
    expect(await Promise.all(ids.map(status))).toEqual(ids.map(() => 'ended'));
    log.length = 0;
    await Promise.all(machines.map(({ id }) => converge(deps, id, never)));
    expect(log).toEqual([]);
  });

  it('is done once by those that come at the same time, and nobody but the first waits for it', async () => {
    const { deps, clock, machines, ids, log, status } = await opened(5);
    clock.advance(4 * 3_600_000);
    await Promise.all([...machines, ...machines].map(({ id }) => converge(deps, id, never)));
    expect(log.filter((line) => line.startsWith('close')).sort()).toEqual(machines.map(({ name }) => `close ${name}`));
    expect(await Promise.all(ids.map(status))).toEqual(ids.map(() => 'ended'));
  });

  it('takes the locks of all together, also where each machine has one of its own besides', async () => {
    const { deps, clock, log } = await opened(3, (id) => ['sg-1', `own-${id.slice(-1)}`]);
    clock.advance(4 * 3_600_000);
    await converge(deps, machine(1).id, never);
    expect(log.filter((line) => line.startsWith('hold'))).toEqual(['hold own-1 own-2 own-3 sg-1']);
  });

  it('is held for twice the longest call at a time: so long it is locked when its process dies', async () => {
    const { deps, cloud, held, machines } = await opened(1);
    await converge(deps, machines[0]?.id as MachineId, never);
    expect(new Set(held)).toEqual(new Set([2 * cloud.limits.callMs]));
  });

  it('is closed before anything is opened that waits', async () => {
    const { deps, log, ask, ids, status, cloud } = await opened(4);
    // While one is opened under the lock, another opening and a closing come.
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const [m1, m2, m3] = [machine(1), machine(2), machine(3)];
    for (const id of ids.slice(0, 2)) await revoke(deps, GRACE, id);
    await converge(deps, m1.id, never);
    log.length = 0;
    const open = cloud.open;
    cloud.open = async (...args) => {
      begun.resolve();
      await gate.promise;
      return open(...args);
    };
    const [first, second] = [await ask(m1), await ask(m2)];
    const leading = converge(deps, m1.id, never);
    await begun.promise;
    await converge(deps, m2.id, never);
    await revoke(deps, GRACE, ids[2] ?? '');
    await converge(deps, m3.id, never);
    gate.resolve();
    await leading;
    expect(log.filter((line) => !line.startsWith('hold'))).toEqual(['open web-1', 'close web-3', 'open web-2']);
    expect(await Promise.all([first, second].map(status))).toEqual(['active', 'active']);
  });

  it('that failed on one machine holds up no other, and is tried again', async () => {
    const { deps, clock, cloud, ids, status } = await opened(3);
    clock.advance(4 * 3_600_000);
    cloud.failures = [new Error('the first call fails')];
    await converge(deps, machine(2).id, never);
    expect((await Promise.all(ids.map(status))).sort()).toEqual(['closing', 'ended', 'ended']);
    clock.advance(60_000);
    for (const id of (await deps.store.claim(9, 5_000)).machines) await converge(deps, id, never);
    expect(await Promise.all(ids.map(status))).toEqual(['ended', 'ended', 'ended']);
  });

  it('was judged too long ago when its turn comes: it is judged again', async () => {
    const { deps, ask, status, cloud, clock, house } = behindOneGroup(2);
    const [m1, m2] = [machine(1), machine(2)];
    const [first, second] = [await ask(m1), await ask(m2)];
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const open = cloud.open;
    cloud.open = async (...args) => {
      begun.resolve();
      await gate.promise;
      return open(...args);
    };
    const leading = converge(deps, m1.id, never);
    await begun.promise;
    await converge(deps, m2.id, never);
    // Who asked leaves while it waits behind the first.
    house.people = [GRACE];
    clock.advance(20_000);
    gate.resolve();
    await leading;
    expect(await status(first)).toBe('active');
    expect(['closing', 'ended']).toContain(await status(second));
    expect([...cloud.rules.values()].map(({ placement }) => placement.rule.machine)).toEqual([m1.id]);
  });
});
