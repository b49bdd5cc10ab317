import { describe, expect, it } from 'vitest';
import { approved } from './approved.ts';
import { entriesOf } from './audited.ts';
import { placement } from './fixtures.ts';

describe('a rule without a mark, where only Drawbridge writes', () => {
  it('is closed while work is done for a lease, and that is written to the audit', async () => {
    const { cloud, audit, converge: run } = await approved();
    const stranger = placement('198.51.100.99/32');
    cloud.rules.set('stranger', { placement: stranger, mark: 'missing' });
    await run();
    expect(cloud.calls).toContain('close 1');
    const entries = entriesOf(audit).filter(({ event }) => event === 'close found');
    expect(entries).toMatchObject([
      {
        outcome: 'begun',
        by: 'drawbridge',
        as: 'program',
        machine: stranger.rule.machine,
        source: stranger.rule.source,
      },
      { outcome: 'done', source: stranger.rule.source },
    ]);
  });

  it('is closed also when the audit is silent, which is said loudly', async () => {
    const { deps, cloud, log, converge: run } = await approved();
    cloud.rules.set('stranger', { placement: placement('198.51.100.99/32'), mark: 'missing' });
    deps.audit.record = async () => {
      throw new Error('no audit');
    };
    await run();
    expect(cloud.calls).toContain('close 1');
    expect(log).toContain('the audit cannot be written; closing all the same');
  });
});
