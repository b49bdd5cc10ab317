import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import { callIds, watchIds } from '../../src/kit/call-ids.ts';
import type { CloudAdapter } from '../../src/ports/cloud.ts';
import type { WriteLog } from '../../src/ports/write-log.ts';
import type { CloudHarness } from '../conformance/cloud-harness.ts';
import { go, never, openOne, placeOne } from '../conformance/cloud-steps.ts';
import { awsHarness } from './aws/harness.ts';
import { azureHarness } from './azure/harness.ts';
import { gcpHarness } from './gcp/harness.ts';

/** Opens and closes; gives the calls that each is told of. */
async function life(cloud: CloudHarness) {
  const [opening, closing]: [string[], string[]] = [[], []];
  const placement = await placeOne(cloud);
  const until = cloud.now() + 60 * MINUTE_MS;
  const { placement: open } = await callIds.collect(opening, () => openOne(cloud, placement, until));
  await callIds.collect(closing, () => cloud.adapter.close([open], never, go));
  return { opening, closing };
}

const idOf = (call: string) => call.split(' ').at(-1);
const nameOf = (call: string) => call.slice(0, call.lastIndexOf(' '));

/** What the cloud's own log calls the writes of the last minutes. */
async function logged({ adapter, now }: CloudHarness & { readonly adapter: CloudAdapter & WriteLog }) {
  const [log] = await adapter.logs(never);
  const period = { from: now() - MINUTE_MS, to: now() + MINUTE_MS };
  return (await adapter.written(log?.name ?? '', period, never)).map(({ call }) => call);
}

describe('what the clouds call what they carried out', () => {
  it('is the request id of EC2, as CloudTrail has it', async () => {
    const cloud = await awsHarness({ called: watchIds });
    cloud.advance(2 * MINUTE_MS);
    const { opening, closing } = await life(cloud);
    expect([...opening, ...closing].map(nameOf)).toEqual([
      'AuthorizeSecurityGroupIngress',
      'RevokeSecurityGroupIngress',
    ]);
    expect(await logged(cloud)).toEqual([...opening, ...closing].map(idOf));
    await cloud.stop();
  });

  it.each(['defender', 'nsg'] as const)(
    'is the correlation id of Azure, as the activity log has it (%s)',
    async (backend) => {
      const cloud = await azureHarness({}, backend, watchIds);
      cloud.advance(2 * MINUTE_MS);
      const { opening, closing } = await life(cloud);
      for (const calls of [opening, closing]) expect(calls.map(nameOf)).not.toEqual([]);
      expect(await logged(cloud)).toEqual(expect.arrayContaining([...opening, ...closing].map(idOf)));
      await cloud.stop();
    },
  );

  it('is the operation of Google Cloud', async () => {
    const cloud = await gcpHarness({ called: watchIds });
    const { opening, closing } = await life(cloud);
    expect([...opening, ...closing].map(nameOf)).toEqual(['POST firewalls', 'DELETE firewalls']);
    expect([...cloud.sim.world.operations.keys()]).toEqual(expect.arrayContaining([...opening, ...closing].map(idOf)));
    await cloud.stop();
  });
});
