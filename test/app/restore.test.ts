import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { portsFormFor, submitPorts } from '../../src/app/protect/form.ts';
import { lockdowns } from '../../src/app/protect/lockdowns.ts';
import { restore } from '../../src/app/protect/restore.ts';
import { unprotect, unprotectedReport } from '../../src/app/protect/unprotect.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { parseCommand } from '../../src/core/language/grammar.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { PutBackPlan, Reopening } from '../../src/core/machine/lockdown.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Report } from '../../src/core/view/report.ts';
import type { Lockdown, PutBackAsk } from '../../src/ports/lockdown.ts';
import { entriesOf } from './audited.ts';
import { ADA, GRACE, HOST, inSlack, MACHINE, SENDER, world } from './fixtures.ts';

const RECORD = { id: 'aws-1a2b', cloud: 'aws', at: '123456789012:eu-west-1:sg-1', was: {} } as const;
const OPENS: Reopening = {
  record: RECORD.id,
  where: 'Security group web (sg-1)',
  does: 'opens tcp 22 from 203.0.113.0/28',
  serves: ['api-1', 'web-2'],
  isPublic: false,
  tightened: [],
};
const PUBLIC = { ...OPENS, does: 'opens tcp 22 from 0.0.0.0/0', isPublic: true };
const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: [] };

function closed(opens: readonly Reopening[] = [OPENS]) {
  const made = world({ people: [ADA, GRACE, SAM] });
  const { cloud, chat, deps } = made;
  const asked: PutBackAsk[] = [];
  const told: string[] = [];
  const failures: Error[] = [];
  let now: PutBackPlan = { reopenings: opens, stays: [], records: [RECORD.id] };
  const closer: Lockdown = {
    planLockdown: async () => ({ remedies: [], stays: [], isShared: false }),
    lockDown: async () => [],
    lockdownKey: () => 'aws:eu-west-1',
    closedIn: () => ({
      what: 'tcp 22 from 0.0.0.0/0 in security group web (sg-1)',
      ports: [],
      machines: [MACHINE.id, 'aws:1:eu-west-1:i-gone'],
    }),
    planPutBack: async () => now,
    putBack: async (which, undo) => {
      asked.push(which);
      const failure = failures.pop();
      if (failure) throw failure;
      await undo.drop(RECORD.id);
      return now.stays;
    },
  };
  Object.assign(cloud, closer);
  Object.assign(chat, { tell: async (report: Report) => void told.push(textOf(report)) });
  const rules = { ...deps.rules, protectors: ['person:grace', 'person:sam'] as const };
  return { ...made, deps: { ...deps, rules }, asked, told, failures, change: (next: PutBackPlan) => (now = next) };
}

const textOf = ({ title, sections }: Report) =>
  [phrased(title), ...sections.flatMap(({ rows }) => rows.map(({ line }) => plain(line)))].join('\n');
const commandIn = ({ sections }: Report) =>
  sections.flatMap(({ rows }) => rows).flatMap(({ button }) => button?.command ?? [])[0] ?? '';

type Made = ReturnType<typeof closed>;
const run = async ({ deps }: Made, text: string, who: Parameters<typeof restore>[2] = inSlack(GRACE)) => {
  const ask = parseCommand(text, new Map());
  if (ask.verb !== 'restore') throw new Error('it is no restore');
  return restore(deps, ask, who);
};
const page = async (made: Made, text: string, who?: Parameters<typeof restore>[2]) => {
  const result = await run(made, text, who);
  if (!('page' in result)) throw new Error('it was done');
  return result.page;
};

describe('putting back', () => {
  it('is shown first: what will be open, to whom, and on which machines', async () => {
    const made = closed();
    const shown = await page(made, 'restore api-1');
    expect(textOf(shown)).toContain('opens tcp 22 from 203.0.113.0/28. On api-1, web-2.');
    expect(commandIn(shown)).toMatch(/^restore api-1 confirm [0-9a-f]{6}$/);
    expect(made.asked).toEqual([]);
    expect(entriesOf(made.audit)).toMatchObject([{ event: 'put back', outcome: 'shown', by: 'grace' }]);
  });

  it('is done with the code of the page, told in the channels, and in the audit', async () => {
    const made = closed();
    await made.deps.undo.keep(RECORD);
    const command = commandIn(await page(made, 'restore api-1'));
    expect(await run(made, command)).toMatchObject({ opened: [OPENS], notes: [] });
    expect(made.asked).toEqual([{ machine: MACHINE.id }]);
    expect(made.told).toEqual([expect.stringContaining('Grace put back what was closed for api-1')]);
    expect(made.told[0]).toContain('opens tcp 22 from 203.0.113.0/28');
    expect(entriesOf(made.audit).slice(1)).toMatchObject([
      { event: 'put back', outcome: 'begun', undo: [RECORD.id], opens: [expect.stringContaining('opens tcp 22')] },
      { event: 'put back', outcome: 'done', undo: [RECORD.id], page: command.slice(-6) },
    ]);
  });

  it('is shown again when something changed since', async () => {
    const made = closed();
    const command = commandIn(await page(made, 'restore api-1'));
    made.change({ reopenings: [{ ...OPENS, serves: ['api-1', 'payroll-1'] }], stays: [], records: [RECORD.id] });
    expect(textOf(await page(made, command))).toContain('Something has changed since this was shown.');
    expect(made.asked).toEqual([]);
  });

  it('to the internet takes two people, whose page is the same', async () => {
    const made = closed([PUBLIC]);
    const command = commandIn(await page(made, 'restore api-1'));
    expect(textOf(await page(made, command))).toContain('Grace agreed to this. It takes a second person');
    expect(made.told).toEqual([expect.stringContaining('Grace agreed to this.')]);
    expect(textOf(await page(made, command))).toContain('Grace agreed to this.');
    expect(made.asked).toEqual([]);
    await expect(run(made, command, inSlack(ADA))).rejects.toMatchObject({ code: 'notProtector' });
    expect(await run(made, command, inSlack(SAM))).toMatchObject({ opened: [PUBLIC] });
    expect(made.asked).toHaveLength(1);
    expect(made.told.at(-1)).toContain('Sam put back what was closed for api-1');
  });

  it('to the internet takes two people each time, the same two as well: also after it failed', async () => {
    const made = closed([PUBLIC]);
    const command = commandIn(await page(made, 'restore api-1'));
    for (const isBroken of [true, false, false]) {
      await page(made, command);
      const before = made.asked.length;
      if (isBroken) {
        made.failures.push(new Error('the process dies here'));
        await expect(run(made, command, inSlack(SAM))).rejects.toThrow();
      } else expect(await run(made, command, inSlack(SAM))).toMatchObject({ opened: [PUBLIC] });
      expect(made.asked).toHaveLength(before + 1);
      // One word is not two.
      expect(textOf(await page(made, command, inSlack(SAM)))).toContain('Sam agreed to this.');
      expect(await run(made, command)).toMatchObject({ opened: [PUBLIC] });
    }
  });

  it('to the internet begins anew when it changed between the two', async () => {
    const made = closed([PUBLIC]);
    await page(made, commandIn(await page(made, 'restore api-1')));
    made.change({ reopenings: [{ ...PUBLIC, serves: ['payroll-1'] }], stays: [], records: [RECORD.id] });
    const anew = commandIn(await page(made, 'restore api-1', inSlack(SAM)));
    expect(textOf(await page(made, anew, inSlack(SAM)))).toContain('Sam agreed to this.');
    expect(made.asked).toEqual([]);
  });

  it('to the internet is not for the command line alone', async () => {
    const made = closed([PUBLIC]);
    const command = commandIn(await page(made, 'restore api-1', HOST));
    await expect(run(made, command, HOST)).rejects.toMatchObject({ code: 'needsTwo' });
    expect(made.asked).toEqual([]);
  });

  it('of what is not public is for the command line too, all of it at once', async () => {
    const made = closed();
    await made.deps.undo.keep(RECORD);
    const command = commandIn(await page(made, 'restore all', HOST));
    expect(await run(made, command, HOST)).toMatchObject({ opened: [OPENS] });
    expect(made.asked).toEqual([{}]);
    await expect(run(made, 'restore all')).rejects.toMatchObject({ code: 'unknownMachine' });
  });

  it('takes a record that is not signed with its hash alone', async () => {
    const unsigned = 'ab'.repeat(32);
    const made = closed([{ ...OPENS, unsigned }]);
    const shown = textOf(await page(made, 'restore api-1'));
    const code = / confirm ([0-9a-f]{6})/.exec(shown)?.[1];
    expect(shown).toContain(unsigned);
    await page(made, `restore api-1 confirm ${code}`);
    await page(made, `restore api-1 accepting 000000000000 confirm ${code}`);
    expect(made.asked).toEqual([]);
    await run(made, `restore api-1 accepting ${unsigned.slice(0, 12)} confirm ${code}`);
    expect(made.asked).toHaveLength(1);
  });

  it('brings back what was removed since only where that is chosen', async () => {
    const made = closed([{ ...OPENS, tightened: ['tcp 23-25 from 203.0.113.0/28'] }]);
    const commands = (await page(made, 'restore api-1')).sections.flatMap(({ rows }) =>
      rows.flatMap(({ button }) => button?.command ?? []),
    );
    expect(commands[1]).toBe('restore api-1 everything');
    await run(made, commandIn(await page(made, 'restore api-1 everything')));
    expect(made.asked).toEqual([{ machine: MACHINE.id, whole: true }]);
  });

  it('goes by record, also for machines that are gone', async () => {
    const made = closed();
    await made.deps.undo.keep(RECORD);
    made.cloud.machineList = [];
    const listed = await lockdowns(made.deps, inSlack(GRACE));
    expect(textOf(listed)).toContain(
      '`aws-1a2b` tcp 22 from 0.0.0.0/0 in security group web (sg-1) for i-0123456789abcdef0 (gone), i-gone (gone).',
    );
    const shown = await page(made, commandIn(listed));
    await run(made, commandIn(shown));
    expect(made.asked).toEqual([{ records: [RECORD.id] }]);
    await expect(run(made, 'restore aws-1a2b')).rejects.toMatchObject({ code: 'unknownRecord' });
    await expect(lockdowns(made.deps, inSlack(ADA))).rejects.toMatchObject({ code: 'notProtector' });
  });

  it('is not done by a process that does not see the undo folder of the others', async () => {
    const made = closed([OPENS]);
    const mayOpen = () => {
      throw new JitError('undoFolderAway');
    };
    const deps = { ...made.deps, mayOpen };
    await expect(run({ ...made, deps }, 'restore api-1', HOST)).rejects.toMatchObject({ code: 'undoFolderAway' });
    expect(made.asked).toEqual([]);
  });

  it('of nothing says so', async () => {
    const made = closed([]);
    made.change({ reopenings: [], stays: [], records: [] });
    await expect(run(made, 'restore api-1')).rejects.toMatchObject({ code: 'nothingClosed' });
    expect(made.asked).toEqual([]);
  });

  it('of what opens nothing asks nothing, and is said', async () => {
    const made = closed([]);
    const stays = ['22 in security group web stays closed while web-2 is protected.'];
    made.change({ reopenings: [], stays, records: [RECORD.id] });
    expect(await run(made, 'restore api-1')).toMatchObject({ opened: [], notes: stays });
    expect(made.told).toEqual([]);
  });
});

describe('a protection that ends', () => {
  it('puts nothing back, and shows what would be open', async () => {
    const made = closed();
    const state = await unprotect(made.deps, 'api-1', inSlack(GRACE));
    expect(made.asked).toEqual([]);
    if (!state.page) throw new Error('no page');
    const shown = unprotectedReport({ ...state, page: state.page });
    expect(textOf(shown)).toContain('api-1 is no longer protected');
    expect(textOf(shown)).toContain('What a lockdown closed stays closed until it is put back.');
    await run(made, commandIn(shown));
    expect(made.asked).toEqual([{ machine: MACHINE.id }]);
  });

  it('ends also when what is closed cannot be read', async () => {
    const made = closed();
    Object.assign(made.cloud, {
      planPutBack: async () => {
        throw new Error('boom');
      },
    });
    const { notes } = await unprotect(made.deps, 'api-1', inSlack(GRACE));
    expect(phrased(notes[0] ?? '')).toContain('`/jit restore api-1` tries again');
  });

  it('at some ports puts nothing back either, and says how to', async () => {
    const made = closed();
    const form = await portsFormFor(made.deps, 'api-1', inSlack(GRACE));
    const { notes } = await submitPorts(made.deps, { ...form, ports: '22 for 3h' }, inSlack(GRACE));
    expect(notes).toEqual([
      'What a lockdown closed there stays closed; `/jit restore api-1` shows what can be put back.',
    ]);
    expect(made.asked).toEqual([]);
  });

  it('is answered in chat with the page, or with words', async () => {
    const made = closed();
    const box = inbox(made.deps);
    const grace = { ...SENDER, user: 'U2' };
    expect(await box.command(grace, 'unprotect api-1')).toMatchObject({
      report: { title: 'api-1 is no longer protected' },
    });
    expect(await box.command(grace, 'restore api-1')).toMatchObject({ report: { isWhole: true } });
    expect(await box.command(grace, 'lockdowns')).toMatchObject({ report: { title: 'No undo records' } });
    made.change({ reopenings: [], stays: [], records: [] });
    const { report, lines } = await box.command(grace, 'unprotect api-1');
    expect(report).toBeUndefined();
    expect(lines.map(plain)).toEqual(['api-1 is no longer protected; its ports can no longer be requested.']);
  });
});
