import { describe, expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { isInForce } from '../../src/core/request/request.ts';
import type { Port } from '../../src/core/rule/port.ts';
import { placementKey } from '../../src/core/rule/rule.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;
const PORTS: readonly Port[] = [22, 3389].map((number) => ({ number, protocol: 'tcp' }));

/** Ada's approved request for two ports of a machine behind a firewall. */
async function approved() {
  const made = world();
  const deps = { ...made.deps, rules: { ...made.deps.rules, policies: [{ ...POLICY, ports: PORTS }] } };
  const { id } = await submit(deps, ADA, { ...ASK, ports: PORTS }, SENDER);
  await decide(deps, GRACE, { request: id, verdict: 'approve' });
  const run = () => converge(deps, MACHINE.id, never);
  const connect = async () => {
    const { request } = await deps.store.load(id);
    return request && isInForce(request) ? request.lease.connect : undefined;
  };
  return { ...made, run, connect };
}

const at = ({ number }: Port) => `198.51.100.9:${40_000 + number}`;
const BOTH = '198.51.100.9:40022 for 22, 198.51.100.9:43389 for 3389';

describe('where to connect', () => {
  it('is kept for each port, and what ends together is opened together', async () => {
    const { cloud, run, connect } = await approved();
    const together: number[] = [];
    const open = cloud.open;
    cloud.open = async (openings, ...rest) => {
      together.push(openings.length);
      const opened = await open(openings, ...rest);
      return opened.map((one) => ({ ...one, connect: at(one.placement.rule.port) }));
    };
    await run();
    expect(together).toEqual([2]);
    expect(await connect()).toBe(BOTH);
  });

  it('is known from a reading too, when the opening came through after it was given up', async () => {
    const { cloud, clock, run, connect } = await approved();
    cloud.open = async (openings) => {
      for (const { placement, until } of openings) {
        const { port } = placement.rule;
        cloud.rules.set(placementKey(placement), { placement, mark: 'valid', until, connect: at(port) });
      }
      throw new JitError('cloudBusy', { cloud: 'Azure' });
    };
    await run();
    expect(await connect()).toBeUndefined();
    clock.advance(60_000);
    await run();
    expect(await connect()).toBe(BOTH);
  });
});
