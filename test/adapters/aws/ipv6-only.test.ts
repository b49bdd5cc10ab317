import { afterEach, beforeEach, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import { go, never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness, PROTECTION } from './harness.ts';

const SSH = { number: 22, protocol: 'tcp' } as const;
const OWN = '2001:db8:1:6::10';
const AWAY = '2a00:1::7';

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness({
    instances: [
      { name: 'six-1', privateIp: '', ipv6: [OWN], groups: [{ name: 'six' }] },
      { name: 'api-1', privateIp: '10.1.0.10', groups: [{ name: 'api' }] },
      { name: 'legacy-1', privateIp: '10.1.0.30', groups: [{ name: 'api' }] },
    ],
  });
});
afterEach(() => aws.stop());

// "IPv6-only subnets": an interface there has no IPv4 address at all, not even a private one.
test('a machine that has no IPv4 address is opened, proven and closed by its IPv6 address', async () => {
  const machine = aws.idOf('six-1');
  await aws.adapter.protect(machine, PROTECTION, never);
  const rule = { machine, port: SSH, source: `${AWAY}/128` };
  const way = { from: AWAY, machine: 'six-1', port: 22 };
  const { placement } = await openOne(aws, await placeOne(aws, rule), aws.now() + HOUR_MS);
  const observed = () => aws.adapter.observe(machine, [placement], never);
  expect((await observed()).ours).toMatchObject([{ mark: 'valid' }]);
  expect(aws.sim.reachable(way)).toBe(true);
  const look = await aws.adapter.look(machine, never);
  expect(look.addresses?.map(({ address }) => address)).toEqual([OWN]);
  await aws.adapter.close([placement], never, go);
  expect((await observed()).ours).toEqual([]);
  expect(aws.sim.reachable(way)).toBe(false);
});
