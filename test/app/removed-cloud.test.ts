import { describe, expect, it, vi } from 'vitest';
import type { Deps } from '../../src/app/deps.ts';
import { lookAtStranded } from '../../src/app/loops/stranded.ts';
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

describe('a closing that the queue gives to a process without its account', () => {
  const differ = async () => {
    throw new JitError('rulesDiffer');
  };
  const agree = async () => {};

  async function overdue() {
    const made = await approved();
    await made.converge();
    made.clock.advance(62 * MINUTE_MS);
    const looked: string[] = [];
    const look = (more: Partial<Deps>) => lookAtStranded({ ...made.deps, ...more }, (machine) => looked.push(machine));
    return { ...made, looked, look };
  }

  it('is looked at past the queue by each that has it, while they go by different rules', async () => {
    const { look, looked } = await overdue();
    await look({ mustAgree: differ });
    expect(looked).toEqual([MACHINE.id]);
  });

  it('is left to the queue by one that has it not, and by all where they agree', async () => {
    const { look, looked, cloud } = await overdue();
    await look({ mustAgree: differ, clouds: new Map() });
    cloud.mustHave = () => {
      throw gone;
    };
    await look({ mustAgree: differ });
    delete cloud.mustHave;
    await look({ mustAgree: agree });
    await look({ mustAgree: undefined });
    expect(looked).toEqual([]);
  });

  it('is left to whoever has it in hand, where it has just ended', async () => {
    const made = await approved();
    await made.converge();
    const { lease } = (await made.load()) as { lease: { until: number } };
    made.clock.advance(lease.until - made.clock.now() + 1_000);
    expect(await made.deps.store.overdue(1)).toHaveLength(1);
    const looked: string[] = [];
    const look = () => lookAtStranded({ ...made.deps, mustAgree: differ }, (machine) => looked.push(machine));
    await look();
    expect(looked).toEqual([]);
    made.clock.advance(2_000);
    await look();
    expect(looked).toEqual([MACHINE.id]);
  });

  it('is looked at as soon though a process that has it not has seen that it is over', async () => {
    const made = await approved();
    await made.converge();
    const { lease } = (await made.load()) as { lease: { until: number } };
    made.clock.advance(lease.until - made.clock.now() + 1_000);
    await converge({ ...made.deps, clouds: new Map(), mustAgree: differ }, MACHINE.id, never);
    expect(await made.load()).toMatchObject({ status: 'closing' });
    const looked: string[] = [];
    const look = () => lookAtStranded({ ...made.deps, mustAgree: differ }, (machine) => looked.push(machine));
    await look();
    expect(looked).toEqual([]);
    made.clock.advance(2_000);
    await look();
    expect(looked).toEqual([MACHINE.id]);
  });

  it('has its time where it was tried in vain', async () => {
    const { look, looked, cloud, converge: run, clock } = await overdue();
    const close = cloud.close.bind(cloud);
    cloud.close = async () => Promise.reject(new JitError('cloudBusy', { cloud: 'AWS' }));
    await run();
    await look({ mustAgree: differ });
    expect(looked).toEqual([]);
    cloud.close = close;
    clock.advance(10 * MINUTE_MS);
    await look({ mustAgree: differ });
    expect(looked).toEqual([MACHINE.id]);
  });

  it('is not looked for where nothing is overdue, nor where nobody knows whether they agree', async () => {
    const made = await approved();
    await made.converge();
    const asked = vi.fn(differ);
    await lookAtStranded({ ...made.deps, mustAgree: asked }, () => expect.unreachable());
    expect(asked).not.toHaveBeenCalled();
    made.clock.advance(62 * MINUTE_MS);
    const away = async () => Promise.reject(new Error('Redis is away'));
    const look = lookAtStranded({ ...made.deps, mustAgree: away }, () => expect.unreachable());
    await expect(look).rejects.toThrow('Redis is away');
  });
});
