import { parseDuration } from '../../src/core/language/duration.ts';
import type { World } from './world.ts';

/**
 * `flowlog api-1`: somebody makes a flow log of its interface, an hour ago; `visit api-1 203.0.113.7 22`: a connection that it
 * records; `skip api-1 5m`: so much of what comes next is skipped.
 */
export function flows(
  { services: { aws }, clock }: World,
  verb: string,
  [name = '', ...rest]: readonly string[],
): void {
  const { id } = aws.state().instances.find((one) => one.name === name) ?? {};
  const nic = aws.state().interfaces.find(({ instanceId }) => instanceId === id);
  if (!nic) throw new Error(`no instance is called ${name}`);
  const interfaceId = nic.id;
  const [first = '', port = ''] = rest;
  const now = clock.now();
  if (verb === 'flowlog')
    aws.flowRecords.create({ resourceId: interfaceId, group: 'flows', intervalS: 60, createdMs: now - 3_600_000 });
  if (verb === 'visit') aws.flowRecords.connect({ from: first, interfaceId, port: Number(port) });
  const untilMs = now + (parseDuration(first) ?? 0);
  if (verb === 'skip') aws.flowRecords.befall({ interfaceId, kind: 'skipped', fromMs: now, untilMs });
}
