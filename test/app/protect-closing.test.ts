import { describe, expect, it } from 'vitest';
import { protect } from '../../src/app/protect/protect.ts';
import { restore } from '../../src/app/protect/restore.ts';
import { unprotect } from '../../src/app/protect/unprotect.ts';
import type { ProtectAsk } from '../../src/core/language/command.ts';
import { parseCommand } from '../../src/core/language/grammar.ts';
import { plain } from '../../src/core/language/text.ts';
import { type LockdownPlan, type LockdownWay, NO_PUT_BACK } from '../../src/core/machine/lockdown.ts';
import type { Machine, MachineId } from '../../src/core/machine/machine.ts';
import type { Lockdown } from '../../src/ports/lockdown.ts';
import { HOST, MACHINE, world } from './fixtures.ts';

const PLAN: LockdownPlan = {
  remedies: [
    { where: 'Security group web', does: 'tcp 22 from 0.0.0.0/0 goes', serves: ['web-2'], warns: ['Careful.'] },
  ],
  stays: [],
  isShared: true,
};

/** Something that was closed once: without it nothing of what machines share is put back. */
const CLOSED = { id: 'aws-1', cloud: 'aws', at: 'sg-1', was: {} } as const;

function closing(plan: () => LockdownPlan = () => PLAN) {
  const { deps, cloud } = world();
  const done: string[] = [];
  const closer: Lockdown = {
    planLockdown: async () => plan(),
    lockDown: async ({ ports, how }) => {
      done.push(`${how} ${ports.map(({ number }) => number)}`);
      return plan().stays;
    },
    planPutBack: async () => NO_PUT_BACK,
    putBack: async () => [],
  };
  Object.assign(cloud, closer);
  return { deps, cloud, done };
}

const asked = (text: string): ProtectAsk => {
  const command = parseCommand(text, new Map());
  if (command.verb !== 'protect') throw new Error('it is no protect');
  return command;
};

async function pageOf(deps: Parameters<typeof protect>[0], text: string) {
  const result = await protect(deps, asked(text), HOST);
  if (!('page' in result)) throw new Error('it was done');
  const rows = result.page.sections.flatMap((section) => section.rows);
  return { lines: rows.map(({ line }) => plain(line)), commands: rows.flatMap(({ button }) => button?.command ?? []) };
}

describe('closing what others let stand open', () => {
  it('is asked for, with all that it changes, before anything is written', async () => {
    const { deps, done } = closing();
    const { lines, commands } = await pageOf(deps, 'protect api-1 usual');
    expect(lines).toContain('Security group web: tcp 22 from 0.0.0.0/0 goes. This also affects web-2. Careful.');
    const code = / confirm (\w+)$/.exec(commands[0] ?? '')?.[1];
    expect(commands).toEqual([
      `protect api-1 usual closing confirm ${code}`,
      `protect api-1 usual leaving confirm ${code}`,
      'protect api-1 usual copying',
    ]);
    expect(done).toEqual([]);
  });

  it.each<[LockdownWay, string]>([
    ['close', 'closing'],
    ['copy', 'copying'],
  ])('does it by %s with the code of the page, and not without', async (how, word) => {
    const { deps, done } = closing();
    const [command = ''] = (await pageOf(deps, `protect api-1 ${word}`)).commands;
    await pageOf(deps, `protect api-1 ${word} confirm 000000`);
    expect(done).toEqual([]);
    expect(await protect(deps, asked(command), HOST)).toMatchObject({ done: [{ stays: [] }] });
    expect(done).toEqual([`${how} 22,3389,5985,5986`]);
  });

  it('is not done with a code when it means something else by now', async () => {
    let plan = PLAN;
    const { deps, done } = closing(() => plan);
    const [command = ''] = (await pageOf(deps, 'protect api-1 closing')).commands;
    plan = { ...PLAN, remedies: PLAN.remedies.map((one) => ({ ...one, serves: ['web-2', 'payroll-1'] })) };
    expect((await pageOf(deps, command.replace(/^/, ''))).lines[0]).toMatch(/^Something has changed/);
    expect(done).toEqual([]);
  });

  it('is left alone when that is what is asked for', async () => {
    const { deps, done } = closing();
    expect(await protect(deps, asked('protect api-1 usual leaving'), HOST)).toMatchObject({ done: [{}] });
    expect(done).toEqual([]);
  });

  it('asks nothing when nothing stands open', async () => {
    const { deps } = closing(() => ({ remedies: [], stays: [], isShared: false }));
    expect(await protect(deps, asked('protect api-1 usual'), HOST)).toMatchObject({ done: [{}] });
  });

  it('is refused where the cloud cannot', async () => {
    const { deps } = world();
    await expect(protect(deps, asked('protect api-1 closing'), HOST)).rejects.toMatchObject({ code: 'cannotClose' });
  });

  it('is left to another product that opens the machine on request, unless it is said anyway', async () => {
    const { deps, cloud } = world();
    const look = cloud.look;
    cloud.look = async (id, signal) => {
      const { protection: _, ...state } = await look(id, signal);
      return { ...state, otherJit: { by: 'Defender for Cloud', through: 'defender-jit-1' } };
    };
    let written = 0;
    cloud.protect = async (id, protection, signal) => {
      written += 1;
      return { ...(await look(id, signal)), protection };
    };
    await expect(protect(deps, asked('protect api-1 usual'), HOST)).rejects.toMatchObject({
      code: 'otherProduct',
      say: expect.stringContaining('defender-jit-1'),
    });
    expect(written).toBe(0);
    await protect(deps, asked('protect api-1 usual anyway'), HOST);
    await protect(deps, asked('protect api-1 22 for 3h anyway'), HOST);
    expect(written).toBe(2);
  });
});

describe('machines of one account', () => {
  const ids = ['0', '1'].map((n) => `aws:123456789012:eu-west-1:i-0123456789abcde${n}0` as MachineId);
  const [A, B] = ids.map((id, i) => ({ ...MACHINE, id, name: `web-${i + 1}` })) as [Machine, Machine];

  /** Says what begins and ends, and lets others run in between. */
  function sharing() {
    const { deps, cloud } = world();
    const steps: string[] = [];
    const step = async (what: string) => {
      steps.push(`${what} begins`);
      for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
      steps.push(`${what} ends`);
    };
    const nameOf = (id: MachineId | undefined) => (id === undefined ? 'all' : id === A.id ? A.name : B.name);
    const look = cloud.look;
    cloud.machineList = [A, B];
    cloud.look = async (id, signal) => ({ ...(await look(id, signal)), machine: id === A.id ? A : B });
    cloud.protect = async (id, protection, signal) => {
      await step(`protect ${nameOf(id)}`);
      return { ...(await cloud.look(id, signal)), protection };
    };
    const closer: Lockdown = {
      planLockdown: async () => PLAN,
      async lockDown({ machine }) {
        await step(`lock down ${nameOf(machine)}`);
        return [];
      },
      planPutBack: async (_, undo) => {
        const records = (await undo.all('aws')).map(({ id }) => id);
        return { ...NO_PUT_BACK, records };
      },
      async putBack({ machine }) {
        await step(`put back ${nameOf(machine)}`);
        return [];
      },
      lockdownKey: (of) => `aws:123456789012:${typeof of === 'string' ? 'eu-west-1' : of.at}`,
    };
    Object.assign(cloud, closer);
    return { deps, steps };
  }
  const LIMITS = '5900 for 3h';
  const confirmed = async (deps: Parameters<typeof protect>[0], name: string) =>
    asked((await pageOf(deps, `protect ${name} ${LIMITS} closing`)).commands[0] ?? '');
  /** How many steps are under way at most. */
  const most = (steps: readonly string[]) =>
    Math.max(...steps.map((_, i) => steps.slice(0, i + 1).reduce((n, one) => n + (/begins/.test(one) ? 1 : -1), 0)));

  it('are protected at the same time', async () => {
    const { deps, steps } = sharing();
    await Promise.all([A, B].map(({ name }) => protect(deps, asked(`protect ${name} ${LIMITS} leaving`), HOST)));
    expect(steps.slice(0, 2)).toEqual(['protect web-1 begins', 'protect web-2 begins']);
  });

  it('are locked down one after the other, for they may share a group', async () => {
    const { deps, steps } = sharing();
    const [first, second] = [await confirmed(deps, A.name), await confirmed(deps, B.name)];
    await Promise.all([protect(deps, first, HOST), protect(deps, second, HOST)]);
    expect(most(steps)).toBe(1);
    expect(steps.filter((one) => one.startsWith('lock down'))).toHaveLength(4);
  });

  it('are locked down one after the other also when one command names both', async () => {
    const { deps, steps } = sharing();
    await protect(deps, await confirmed(deps, `${A.name},${B.name}`), HOST);
    expect(most(steps)).toBe(1);
    expect(steps.filter((one) => one.startsWith('lock down'))).toHaveLength(4);
  });

  it('get back what was closed while no other is locked down', async () => {
    const { deps, steps } = sharing();
    await unprotect(deps, B.name, HOST);
    expect(steps).toEqual([]);
    await deps.undo.keep(CLOSED);
    await Promise.all([protect(deps, await confirmed(deps, A.name), HOST), unprotect(deps, B.name, HOST)]);
    expect(most(steps)).toBe(1);
    expect(steps.filter((one) => one.startsWith('put back'))).toEqual(['put back web-2 begins', 'put back web-2 ends']);
  });

  it('get back all that was closed while none of them is locked down', async () => {
    const { deps, steps } = sharing();
    await deps.undo.keep({ ...CLOSED, at: 'eu-west-1' });
    const lockdown = protect(deps, await confirmed(deps, A.name), HOST);
    await Promise.all([lockdown, restore(deps, { which: 'all', accepting: [] }, HOST)]);
    expect(most(steps)).toBe(1);
    expect(steps).toContain('put back all ends');
  });
});
