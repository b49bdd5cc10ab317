import { describe, expect, it } from 'vitest';
import { requestForm } from '../../adapters/slack/request-form.ts';
import { formCard } from '../../adapters/teams/form.ts';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { extend } from '../../src/app/request/extend.ts';
import { submit } from '../../src/app/request/submit.ts';
import { ENGLISH, phrased, plain } from '../../src/core/language/text.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import type { Form } from '../../src/ports/inbox.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const GRACES = { ...SENDER, user: 'U2', key: 'g1' } as const;

async function house() {
  const made = world();
  const { id } = await submit(made.deps, ADA, ASK, SENDER);
  const box = inbox(made.deps);
  const says = async (text: string) => {
    const { lines, refused } = await box.command(GRACES, text);
    return { lines: lines.map(plain), refused };
  };
  const status = async () => (await made.deps.store.load(id)).request?.status;
  return { ...made, id, box, says, status };
}

describe('a typed decision', () => {
  it.each(['approve', 'approve api-1', 'Approve API-1'])(
    'that names no id is answered with what it would decide: %s',
    async (text) => {
      const { says, status, id } = await house();
      expect(await says(text)).toEqual({
        refused: false,
        lines: [
          'Ada asks for access to api-1: port 22 (SSH) for 1 h. “deploy” From 203.0.113.7, on AWS, eu-west-1. Decide by 20:00 UTC.',
          `Nothing was decided yet. To approve this: \`/jit approve ${id}\``,
        ],
      });
      expect(await status()).toBe('pending');
    },
  );

  it('decides what its id names', async () => {
    const { says, status, id } = await house();
    expect(await says(`approve ${id}`)).toMatchObject({ refused: false });
    expect(await status()).toBe('activating');
  });

  it('that is a “no” is no other', async () => {
    const { says, status, id } = await house();
    const { lines } = await says('deny api-1 because not today');
    expect(lines[1]).toBe(`Nothing was decided yet. To deny this: \`/jit deny ${id} because not today\``);
    expect(await status()).toBe('pending');
    expect(await says(`deny ${id} because not today`)).toMatchObject({ refused: false });
    expect(await status()).toBe('denied');
  });

  it.each([
    ['approve api-1 because looks right', 'To approve this: `/jit approve {id} because looks right`'],
    ['approve api-1 for 30m', 'To offer that: `/jit approve {id} for 30min`'],
    ['approve api-1 for 30m because less will do', 'To offer that: `/jit approve {id} for 30min because less will do`'],
    ['deny api-1', 'To deny this: `/jit deny {id} because <reason>`'],
  ])('keeps all that was typed in what it offers: %s', async (text, then) => {
    const { says, status, id } = await house();
    const { lines } = await says(text);
    expect(lines[1]).toBe(`Nothing was decided yet. ${then.replace('{id}', `${id}`)}`);
    expect(await status()).toBe('pending');
  });

  it('says so where it is about more time', async () => {
    const { says, deps, id } = await house();
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    await converge(deps, MACHINE.id, new AbortController().signal);
    await extend(deps, ADA, id, 1_800_000);
    expect((await says('approve')).lines[0]).toBe(
      'Ada asks for 30 min more on api-1, until 13:30 UTC instead of 13:00 UTC. Reason for the access: “deploy” Port 22 (SSH) from 203.0.113.7.',
    );
  });
});

describe('the form', () => {
  it('has an hour chosen in Teams, where the policy allows more', async () => {
    const { box, house: rules } = await house();
    rules.policies = [{ ...POLICY, longestMs: 8 * 3_600_000 }];
    const form = await box.form(SENDER);
    expect(form.durations.at(-1)?.value).toBe('8 h');
    const duration = (shown: Form) =>
      (
        formCard(shown, { id: 'f' }).body as readonly {
          readonly id?: string;
          readonly value?: string;
        }[]
      ).find(({ id }) => id === 'duration')?.value;
    expect(duration(form)).toBe('1 h');
    expect(duration({ ...form, durations: form.durations.slice(0, 3) })).toBe('30 min');
    expect(duration({ ...form, durations: form.durations.slice(-2) })).toBe('6 h');
  });

  it.each([
    [8 * 3_600_000, '1 h'],
    [1_800_000, '30 min'],
  ])(
    'begins with an hour, or what is nearest below it, in both chats, whatever opened it: up to %i ms',
    async (longestMs, begins) => {
      const { box, house: rules } = await house();
      rules.policies = [{ ...POLICY, longestMs }];
      const reader = { slackIdOf: () => undefined, tongue: ENGLISH };
      for (const form of [await box.form(SENDER), await box.form(SENDER, undefined, { machine: MACHINE.name })]) {
        const slack = requestForm(form, reader).blocks as readonly {
          readonly block_id?: string;
          readonly element?: object;
        }[];
        expect(slack.find(({ block_id }) => block_id === 'duration')?.element).toMatchObject({
          initial_option: { value: begins },
        });
        const card = formCard(form, { id: 'f', ...(form.filled ? { typed: form.filled } : {}) })
          .body as readonly object[];
        expect(card).toContainEqual(expect.objectContaining({ id: 'duration', value: begins }));
      }
    },
  );

  it.each([
    ['part of the name', 'API'],
    ['its id', MACHINE.id],
    ['its region', 'eu-west'],
    ['a tag', 'env=prod'],
    ['its name and its region', 'eu-west-1 api'],
    ['nothing', ' '],
  ])('finds a machine by %s', async (_, typed) => {
    const { box } = await house();
    expect((await box.machines(SENDER, typed)).map(({ value }) => value)).toContain(MACHINE.id);
    expect(await box.machines(SENDER, `${typed} elsewhere`)).toEqual([]);
  });

  it('offers what the judgement will allow: an earlier policy covers its ports', async () => {
    const { box, house: rules } = await house();
    const strict: Policy = { ...POLICY, name: 'strict', longestMs: 3_600_000 };
    const loose: Policy = { ...POLICY, name: 'loose', longestMs: 8 * 3_600_000 };
    rules.policies = [strict, loose];
    const { durations, ports } = await box.form(SENDER);
    expect(durations.at(-1)?.value).toBe('1 h');
    expect(ports.map(({ value }) => value)).toEqual(['22']);
    rules.policies = [strict, { ...loose, ports: [{ number: 3389, protocol: 'tcp' }] }];
    const both = await box.form(SENDER);
    expect(both.durations.at(-1)?.value).toBe('8 h');
    expect(both.ports.map(({ value }) => value)).toEqual(['22', '3389']);
  });

  it('says at each field what is against it', async () => {
    const { box } = await house();
    const filled = { machine: MACHINE.id, ports: ['22'], duration: '8h', source: '203.0.112.0/20', justification: 'x' };
    const { faults = {} } = await box.submit({ ...SENDER, key: 'k9' }, filled);
    const said = Object.entries(faults).map(([field, fault]) => [field, phrased(fault)]);
    expect(Object.fromEntries(said)).toEqual({
      duration: 'Policy production allows at most 4 h; 8 h was requested. Request 4 h or less.',
      source:
        '203.0.112.0/20 is too wide: policy production allows /28 or narrower. Request from a narrower prefix, ideally your own IP address.',
    });
  });

  it.each([
    ['justification', { justification: ' ' }, 'A justification is required. Approvers will see it.'],
    ['machine', { machine: '' }, 'The machine is missing. Choose one.'],
    ['duration', { duration: 'soon' }, '“soon” is not a duration. Write for example 45m, 2h, or 1h30m.'],
    [
      'start',
      { start: 'whenever' },
      '“whenever” does not say when access is to start. Write for example 18:00, tomorrow 9:00, friday 9:00, or 2026-12-24 9:00, in your own time zone.',
    ],
  ])('says at the field %s what to enter there, and no words of a command', async (field, wrong, said) => {
    const { box } = await house();
    const filled = { machine: MACHINE.id, ports: ['22'], duration: '1h', source: '203.0.113.7', justification: 'x' };
    const { faults = {} } = await box.submit({ ...SENDER, key: 'k10' }, { ...filled, ...wrong });
    expect(Object.fromEntries(Object.entries(faults).map(([name, fault]) => [name, phrased(fault)]))).toEqual({
      [field]: said,
    });
  });
});
