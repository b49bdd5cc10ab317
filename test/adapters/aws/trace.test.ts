import { afterEach, beforeEach, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import { bestFirst, tracedAs } from '../../../src/core/machine/trace.ts';
import { never, openOne, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness } from './harness.ts';

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness();
});
afterEach(() => aws.stop());

const HOME = '203.0.113.7/32';
async function told(source = HOME, machine = aws.machine) {
  const { ways } = await aws.adapter.trace({ ...rule(machine), source }, never);
  return bestFirst(ways).map((way) => [
    `${way.to}: ${tracedAs(way)}`,
    ...way.steps.map(({ at, passing, because }) =>
      `${passing}: ${at}, ${because}`.replaceAll(/(sgr|acl)-[0-9a-f]+/g, '$1-…'),
    ),
  ]);
}

test('a packet is stopped where no rule allows it, and passes by that of a lease', async () => {
  const [closed] = await told();
  expect(closed).toEqual([
    expect.stringMatching(/^public address 198\.51\.100\.\d+: blocked$/),
    'passes: network ACL acl-…, its entries let it in',
    expect.stringMatching(/^stopped: security groups .*, no rule allows it$/),
  ]);
  await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
  const [open] = await told();
  expect(open?.[0]).toMatch(/: open$/);
  expect(open?.at(-1)).toMatch(/^passes: security groups .*, rule sgr-… of .*, from 203\.0\.113\.7\/32, allows it$/);
});

test('a packet from elsewhere is stopped all the same, on either family', async () => {
  await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
  expect((await told('198.51.100.77/32'))[0]?.[0]).toMatch(/: blocked$/);
  expect((await told('fd00::1/128'))[0]?.[0]).toBe('2001:db8:1::10, over the network: blocked');
});

test('a rule that lets a group in lets nobody in over the Internet', async () => {
  const { groups } = aws.sim.state();
  const wizard = groups.find(({ name }) => name === 'launch-wizard-1');
  aws.sim.human.addRule('api', { port: 22, source: wizard?.id ?? '' });
  expect((await told())[0]?.[0]).toMatch(/: blocked$/);
  expect((await told('10.1.0.99/32'))[0]?.[0]).toMatch(/over the network: blocked$/);
  expect((await told('10.1.0.30/32'))[0]?.join(' ')).toMatch(/over the network: open.*from sg-.*allows it/);
  aws.sim.human.addRule('api', { port: 22, source: '210987654321/sg-0123456789abcdef0' });
  expect((await told('10.1.0.99/32'))[0]?.join(' ')).toMatch(/over the network: unknown.*from sg-.*may allow it/);
});

test('what closes the Internet gateway is in the way, and what stands behind it nobody can tell', async () => {
  aws.sim.human.addRule('api', { port: 22, source: '0.0.0.0/0' });
  expect((await told())[0]?.[0]).toMatch(/: open$/);
  aws.sim.human.setEdgeRoutes('public', [{ destination: '10.1.0.0/24', target: 'vpce-0b' }]);
  aws.advance(11_000);
  expect((await told())[0]?.slice(0, 2)).toEqual([
    'public address 198.51.100.10: unknown',
    'unknown: Internet gateway, nobody can tell what vpce-0b lets through',
  ]);
  aws.sim.human.setEdgeRoutes('public');
  aws.sim.human.setPublicAccess('public', { mode: 'block-ingress' });
  aws.advance(11_000);
  expect((await told())[0]?.slice(0, 2)).toEqual([
    'public address 198.51.100.10: blocked',
    'stopped: VPC Block Public Access, it keeps the Internet out',
  ]);
});
