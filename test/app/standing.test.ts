import { expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import { submitted } from '../../src/app/request/words.ts';
import { plain } from '../../src/core/language/text.ts';
import { MANAGEMENT_PORTS, type Port } from '../../src/core/rule/port.ts';
import type { StandingRule } from '../../src/core/rule/rule.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER, world } from './fixtures.ts';

const SSH: Port = { number: 22, protocol: 'tcp' };
const BASTION = { source: 'sg-0a1b2c3d', sourceName: 'bastion', through: 'default' };
/** One rule of others on the port that is asked for, and 14 on others. */
const RULES: readonly StandingRule[] = [
  { port: SSH, ...BASTION },
  ...Array.from({ length: 14 }, (_, i) => ({
    port: MANAGEMENT_PORTS[1 + (i % 3)] ?? SSH,
    source: `sg-${String(i).padStart(8, '0')}`,
    through: 'default',
  })),
];
const NOTE =
  'Port 22 (SSH) is also open to security group bastion (sg-0a1b2c3d) through default, a rule that Drawbridge did not create.';

it('a request names the rules of others on its own ports alone, from the first answer to the open card', async () => {
  const { deps, cloud } = world();
  const look = cloud.look;
  cloud.look = async (machine, signal) => ({ ...(await look(machine, signal)), standing: RULES });
  const observe = cloud.observe;
  cloud.observe = async (...args) => ({ ...(await observe(...args)), others: RULES });
  const request = await submit(deps, ADA, ASK, SENDER);
  expect(
    submitted(request, true)
      .map(plain)
      .filter((line) => line.includes('also open')),
  ).toEqual([NOTE]);
  await decide(deps, GRACE, { request: request.id, verdict: 'approve' });
  await converge(deps, MACHINE.id, new AbortController().signal);
  const open = (await deps.store.load(request.id)).request;
  expect(open).toMatchObject({ status: 'active', standing: [{ port: SSH, ...BASTION }] });
  expect(open && viewOf(open).notes).toEqual([{ tone: 'info', text: [NOTE] }]);
});
