import { expect, it, vi } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { Alarms } from '../../src/app/operators/alarms.ts';
import { Lateness } from '../../src/app/operators/lateness.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Report } from '../../src/core/view/report.ts';
import { approved } from './approved.ts';
import { MACHINE } from './fixtures.ts';

const never = new AbortController().signal;

it('access in a cloud that is configured no more: operators and cards say why it stays, and it closes once it is back', async () => {
  const made = await approved();
  await made.converge();
  const told: string[] = [];
  const tell = async ({ sections }: Report) => {
    told.push(...sections.flatMap(({ rows }) => rows.map(({ line }) => plain(line))));
  };
  const rules = { ...made.deps.rules, operators: [{ chat: 'slack', kind: 'channel', id: 'C1' }] as const };
  const chats = new Map([['slack' as const, Object.assign(made.chat, { tell })]]);
  const deps = { ...made.deps, rules, chats, clouds: new Map() };
  made.clock.advance(62 * MINUTE_MS);
  await converge(deps, MACHINE.id, never);
  expect(await made.load()).toMatchObject({ status: 'closing', trouble: { code: 'notConfigured' } });
  await new Lateness(deps).look(deps, new Alarms(deps));
  expect(told.join('\n')).toContain(
    'The configuration does not have AWS any more, so Drawbridge can close nothing there.',
  );
  expect(made.cloud.rules.size).toBe(1);
  made.clock.advance(MINUTE_MS);
  await made.converge();
  expect(await made.load()).toMatchObject({ status: 'ended' });
  expect(made.cloud.rules.size).toBe(0);
});

const gone = new JitError('notConfigured', { where: 'the AWS account 123456789012 in eu-west-1' });

it.each(['a cloud', 'an account'])(
  'access in %s that this process does not have, and others may have, is left to them: nothing is said, and no try is counted',
  async (what) => {
    const made = await approved();
    await made.converge();
    const other = Object.assign(Object.create(made.cloud) as typeof made.cloud, {
      look: async () => Promise.reject(gone),
      observe: async () => Promise.reject(gone),
      close: async () => Promise.reject(gone),
    });
    const mustAgree = async () => {
      throw new JitError('rulesDiffer');
    };
    const clouds = what === 'a cloud' ? new Map() : new Map([['aws' as const, other]]);
    const without = { ...made.deps, clouds, mustAgree };
    await converge(without, MACHINE.id, never).catch(() => undefined);
    expect(await made.load()).toMatchObject({ status: 'active' });
    expect((await made.load()) as object).not.toHaveProperty('trouble');
    made.clock.advance(62 * MINUTE_MS);
    for (let i = 0; i < 5; i += 1) await converge(without, MACHINE.id, never).catch(() => undefined);
    expect(await made.load()).toMatchObject({ status: 'closing' });
    expect((await made.load()) as object).not.toHaveProperty('trouble');
    // It is due all the while, for whoever has it.
    made.clock.advance(6_000);
    expect((await made.deps.store.claim(10, 5_000)).machines).toEqual([MACHINE.id]);
    await made.converge();
    expect(made.cloud.rules.size).toBe(0);
  },
);

it('access in an account that others may have is left before anything is locked, called, or written into the audit', async () => {
  const made = await approved();
  await made.converge();
  made.clock.advance(62 * MINUTE_MS);
  const mustAgree = async () => {
    throw new JitError('rulesDiffer');
  };
  const others = { ...made.deps, mustAgree };
  const calls = made.cloud.calls.length;
  made.cloud.mustHave = () => {
    throw gone;
  };
  const locked = vi.spyOn(made.deps.lock, 'hold');
  await converge(
    others,
    MACHINE.id,
    never,
    [...made.cloud.rules.values()].map(({ placement }) => placement),
  );
  const written = made.audit.all.length;
  await converge(
    others,
    MACHINE.id,
    never,
    [...made.cloud.rules.values()].map(({ placement }) => placement),
  );
  expect(locked).not.toHaveBeenCalled();
  expect(made.cloud.calls).toHaveLength(calls);
  expect(made.audit.all).toHaveLength(written);
  delete made.cloud.mustHave;
  await converge(others, MACHINE.id, never);
  expect(made.cloud.rules.size).toBe(0);
});
