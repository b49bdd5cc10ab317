import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { approved } from './approved.ts';
import { entriesOf } from './audited.ts';
import { MACHINE, SENDER, world } from './fixtures.ts';

describe('what changes nothing', () => {
  it('is in the audit where a request was refused: what was asked, by whom, and why not', async () => {
    const { deps, audit } = world();
    await inbox(deps).command(SENDER, 'request nowhere-9 22 from 203.0.113.7 for 1h because deploy');
    expect(entriesOf(audit)).toMatchObject([
      {
        ...{
          event: 'request',
          outcome: 'refused',
          by: 'ada',
          as: 'requester',
          through: 'slack',
          code: 'unknownMachine',
        },
        ...{ machineName: 'nowhere-9', ports: ['22'], requester: 'ada' },
        people: { ada: { name: 'Ada', account: 'U1', source: '203.0.113.7/32', words: 'deploy' } },
      },
    ]);
  });

  it('is there where a request was explained', async () => {
    const { deps, audit } = world();
    await inbox(deps).command(SENDER, 'explain api-1 22 from 203.0.113.7 for 1h');
    expect(entriesOf(audit)).toMatchObject([{ event: 'explain', by: 'ada', machine: MACHINE.id, ports: ['22'] }]);
  });

  it('is there where somebody looks at what is not theirs, once in five minutes', async () => {
    const { deps, audit, clock, id } = await approved();
    const box = inbox({ ...deps, rules: { ...deps.rules, security: ['person:grace'] } });
    const before = audit.all.length;
    for (const key of ['a', 'b']) await box.command({ ...SENDER, user: 'U2', key }, 'list all');
    clock.advance(300_001);
    await box.command({ ...SENDER, user: 'U2', key: 'c' }, 'list all');
    const reads = entriesOf(audit).slice(before);
    expect(reads).toMatchObject([
      { event: 'read', by: 'grace', as: 'security', why: 'everything that is open or waits' },
      { event: 'read', by: 'grace', as: 'security' },
    ]);
    // Whoever asked for it, and whoever was asked, look at what is theirs.
    await box.command(SENDER, `show ${id}`);
    expect(audit.all).toHaveLength(before + 2);
  });
});
