import { describe, expect, it } from 'vitest';
import { patrol } from '../../src/app/loops/patrol.ts';
import { portsFormFor, submitPorts } from '../../src/app/protect/form.ts';
import { protect } from '../../src/app/protect/protect.ts';
import { restore } from '../../src/app/protect/restore.ts';
import { unprotect } from '../../src/app/protect/unprotect.ts';
import { parseCommand } from '../../src/core/language/grammar.ts';
import type { LockdownPlan } from '../../src/core/machine/lockdown.ts';
import type { StandingRule } from '../../src/core/rule/rule.ts';
import { entriesOf } from './audited.ts';
import { GRACE, HOST, inSlack, MACHINE, placement, world } from './fixtures.ts';

const never = new AbortController().signal;
const SSH = { number: 22, protocol: 'tcp' } as const;
const OPEN: StandingRule = { port: SSH, source: '0.0.0.0/0', through: 'old-rule' };
const PLAN: LockdownPlan = {
  remedies: [{ where: 'Security group web', does: 'tcp 22 from 0.0.0.0/0 goes', serves: [], warns: [] }],
  stays: [],
  isShared: false,
};

type World = ReturnType<typeof world>;

/** A cloud whose protector and lockdown say what the audit had when they were called. */
function recording(made: World) {
  const { cloud, audit } = made;
  const calls: string[] = [];
  let standing: readonly StandingRule[] = [OPEN];
  const usual = cloud.look;
  cloud.look = async (machine, signal) => ({ ...(await usual(machine, signal)), standing });
  const call = (name: string) => {
    const last = entriesOf(audit).at(-1);
    calls.push(`${name} after ${String(last?.event)} ${String(last?.outcome)}`);
    const failure = cloud.failures.shift();
    if (failure) throw failure;
  };
  cloud.protect = async (machine, _, signal) => {
    call('protect');
    return cloud.look(machine, signal);
  };
  cloud.unprotect = async (machine, signal) => {
    call('unprotect');
    return cloud.look(machine, signal);
  };
  cloud.close = async (placements, _, beforeCall) => {
    beforeCall();
    call(`close ${placements.length}`);
  };
  Object.assign(cloud, {
    planLockdown: async () => PLAN,
    lockDown: async () => {
      call('lock down');
      standing = [];
      return [{ rule: OPEN, why: 'somebody else owns it' }];
    },
    planPutBack: async () => ({ reopenings: [], stays: [], records: ['aws-1'] }),
    putBack: async () => {
      call('put back');
      standing = [OPEN];
      return ['a rule is gone'];
    },
  });
  return { ...made, calls };
}

const asked = (text: string) => {
  const command = parseCommand(text, new Map());
  if (command.verb !== 'protect') throw new Error('it is no protect');
  return command;
};

/** Every way to change what is not a lease. */
const ACTS: Readonly<Record<string, (made: World) => Promise<unknown>>> = {
  protect: ({ deps }) => protect(deps, asked('protect api-1 22 for 3h leaving'), inSlack(GRACE)),
  'protect closing': async ({ deps }) => {
    const shown = await protect(deps, asked('protect api-1 closing'), inSlack(GRACE));
    const text = 'page' in shown ? JSON.stringify(shown.page) : '';
    const code = /confirm ([0-9a-f]{6})/.exec(text)?.[1] ?? '';
    return protect(deps, asked(`protect api-1 closing confirm ${code}`), inSlack(GRACE));
  },
  unprotect: ({ deps }) => unprotect(deps, 'api-1', inSlack(GRACE)),
  'unprotect at the command line': ({ deps }) => unprotect(deps, 'api-1', HOST),
  'put all back': async ({ deps }) => {
    await deps.undo.keep({ id: 'aws-1', cloud: 'aws', at: 'sg-1', was: {} });
    return restore(deps, { which: 'all', accepting: [] }, HOST);
  },
  'the form for ports': async ({ deps }) => {
    const form = await portsFormFor(deps, 'api-1', inSlack(GRACE));
    return submitPorts(deps, { ...form, ports: '22 for 3h\n8443' }, inSlack(GRACE));
  },
  patrol: ({ deps, cloud }) => {
    cloud.patrolled = [{ placement: placement(), mark: 'wrong' }];
    cloud.observe = async () => ({ ours: [{ placement: placement(), mark: 'wrong' }], others: [], effective: [] });
    return patrol(deps, never);
  },
};

function able(): ReturnType<typeof recording> {
  const made = world();
  return recording({ ...made, deps: { ...made.deps, rules: { ...made.deps.rules, protectors: ['person:grace'] } } });
}

describe('a privileged act', () => {
  it.each<[string, readonly string[]]>([
    ['protect', ['protect after protect begun']],
    ['protect closing', ['lock down after lock down begun']],
    ['unprotect', ['unprotect after unprotect begun', 'put back after put back begun']],
    ['unprotect at the command line', ['unprotect after unprotect begun', 'put back after put back begun']],
    ['put all back', ['put back after put back begun']],
    ['the form for ports', ['protect after protect begun', 'unprotect after unprotect begun']],
    ['patrol', ['close 1 after close found begun']],
  ])('is in the audit before the first call, and its outcome after: %s', async (name, wanted) => {
    const made = able();
    await ACTS[name]?.(made);
    expect(made.calls).toEqual(wanted);
    const entries = entriesOf(made.audit);
    expect(entries.filter(({ outcome }) => outcome === 'begun')).toHaveLength(wanted.length);
    expect(entries.filter(({ outcome }) => outcome === 'done')).toHaveLength(wanted.length);
    expect(entries.at(-1)).toMatchObject({ outcome: 'done' });
  });

  it.each(Object.keys(ACTS).filter((name) => name !== 'patrol'))(
    'does nothing where the audit is silent: %s',
    async (name) => {
      const made = able();
      made.audit.failure = new Error('away');
      await expect(ACTS[name]?.(made)).rejects.toMatchObject({ code: 'auditSilent', kind: 'busy' });
      expect(made.calls).toEqual([]);
      expect(made.audit.all).toEqual([]);
    },
  );

  it('closes what the patrol found all the same, and says loudly that the audit is silent', async () => {
    const made = able();
    made.audit.failure = new Error('away');
    await ACTS.patrol?.(made);
    expect(made.calls).toEqual(['close 1 after undefined undefined']);
    expect(made.log).toContain('the audit cannot be written; closing all the same');
  });

  it.each<[string, string, string]>([
    ['protect', 'protect', 'refused'],
    ['unprotect', 'unprotect', 'refused'],
    ['the form for ports', 'protect', 'refused'],
  ])('that is refused says who tried: %s', async (name, event, outcome) => {
    const made = recording(world());
    if (name === 'the form for ports')
      await expect(
        submitPorts(made.deps, { machine: 'api-1', version: '', ports: '22' }, inSlack(GRACE)),
      ).rejects.toMatchObject({ code: 'notProtector' });
    else await expect(ACTS[name]?.(made)).rejects.toMatchObject({ code: 'notProtector' });
    expect(made.calls).toEqual([]);
    expect(entriesOf(made.audit)).toMatchObject([
      {
        event,
        outcome,
        by: 'grace',
        as: 'protector',
        through: 'slack',
        code: 'notProtector',
        people: { grace: { name: 'Grace', account: 'U2' } },
      },
    ]);
  });

  it('that fails on the way says so, with what had begun', async () => {
    const made = able();
    made.cloud.failures = [new Error('boom')];
    await expect(ACTS.protect?.(made)).rejects.toThrow('boom');
    made.cloud.failures = [Object.assign(new Error('late'), { name: 'TimeoutError' })];
    await expect(ACTS.protect?.(made)).rejects.toThrow('late');
    expect(entriesOf(made.audit)).toMatchObject([
      { event: 'protect', outcome: 'begun', machineName: 'api-1' },
      { event: 'protect', outcome: 'failed', machineName: 'api-1', code: 'bug' },
      { event: 'protect', outcome: 'begun', machineName: 'api-1' },
      { event: 'protect', outcome: 'failed', machineName: 'api-1', code: 'cloudSilent' },
    ]);
  });

  it('that had nothing to change is there all the same', async () => {
    const made = able();
    await protect(made.deps, asked('protect api-1 usual leaving'), HOST);
    expect(made.calls).toEqual([]);
    expect(entriesOf(made.audit)).toMatchObject([
      { event: 'protect', outcome: 'done', machineName: 'api-1', why: 'nothing had to be changed' },
    ]);
  });

  it('says who, as what, on which machine, what was closed, and what stays', async () => {
    const made = able();
    await ACTS['protect closing']?.(made);
    const who = { by: 'grace', through: 'slack', as: 'protector' };
    const what = { cloud: 'aws', machine: MACHINE.id, machineName: 'api-1' };
    const standing = ['22 to 0.0.0.0/0 through old-rule'];
    const [shown, begun, done, ...more] = entriesOf(made.audit);
    expect(more).toEqual([]);
    expect(shown).toMatchObject({
      ...who,
      event: 'protect',
      outcome: 'shown',
      page: expect.stringMatching(/^[0-9a-f]{6}$/),
      people: { grace: { words: 'protect api-1' } },
    });
    expect(begun).toMatchObject({
      ...who,
      ...what,
      event: 'lock down',
      outcome: 'begun',
      way: 'close',
      standing,
      page: shown?.page,
    });
    expect(begun).toMatchObject({ ports: ['22', '3389', '5985', '5986'] });
    expect(done).toMatchObject({
      ...who,
      ...what,
      outcome: 'done',
      standing,
      stays: ['22 stays open to 0.0.0.0/0 through old-rule: somebody else owns it.'],
    });
  });

  it('says what was put back, by which user of which host', async () => {
    const made = able();
    await ACTS['put all back']?.(made);
    expect(entriesOf(made.audit)).toMatchObject([
      { event: 'put back', outcome: 'begun', through: 'commandLine', as: 'commandLine', cloud: 'aws', undo: ['aws-1'] },
      { outcome: 'done', stays: ['a rule is gone'], undo: [] },
    ]);
    const [first] = entriesOf(made.audit);
    expect(Object.values(first?.people ?? {})).toEqual([{ user: 'root', host: 'bastion', words: 'restore all' }]);
    expect(JSON.stringify(first?.by)).not.toContain('root');
  });
});
