import { describe, expect, it } from 'vitest';
import { act } from '../../src/app/audit/act.ts';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { converge as convergeWith } from '../../src/app/machine/converge.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { HOUR_MS } from '../../src/core/language/instant.ts';
import type { CallIds } from '../../src/ports/call-ids.ts';
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

describe('what a cloud carried out', () => {
  it('is in the audit of what it opened and closed, by the cloud’s own id', async () => {
    let made = 0;
    const { deps, audit, clock, id, converge } = await approved();
    const calls: CallIds = {
      async collect(into, work) {
        made += 1;
        into.push(`Change c-${made}`);
        return work();
      },
    };
    const told = { ...deps, calls };
    for (const after of [0, HOUR_MS]) {
      clock.advance(after);
      await convergeWith(told, MACHINE.id, new AbortController().signal);
    }
    await converge();
    const entries = entriesOf(audit).filter(({ request }) => request === id);
    expect(entries.map(({ event, calls: ids }) => [event, ids])).toEqual([
      ['asked', undefined],
      ['approved', undefined],
      ['opened', ['Change c-1']],
      ['elapsed', undefined],
      ['closed', ['Change c-2']],
    ]);
  });

  it('is told of an act with its outcome, and of what failed', async () => {
    const { deps, audit } = world();
    const calls: CallIds = {
      collect(into, work) {
        into.push('Change c-1');
        return work();
      },
    };
    const attempt = { event: 'protect', by: 'drawbridge', as: 'program', machine: MACHINE.id } as const;
    const failing = act({ ...deps, calls }, attempt, async (running) => {
      await running.begin();
      throw new JitError('cloudBusy', { cloud: 'AWS' });
    });
    await expect(failing).rejects.toThrow();
    expect(entriesOf(audit)).toMatchObject([{ outcome: 'begun' }, { outcome: 'failed', calls: ['Change c-1'] }]);
  });
});
