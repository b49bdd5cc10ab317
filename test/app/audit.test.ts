import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { protect } from '../../src/app/protect/protect.ts';
import { unprotect } from '../../src/app/protect/unprotect.ts';
import { plain } from '../../src/core/language/text.ts';
import { policyVersion } from '../../src/core/policy/version.ts';
import { approved } from './approved.ts';
import { entriesOf } from './audited.ts';
import { HOST, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const SSH = { number: 22, protocol: 'tcp' } as const;
const never = new AbortController().signal;

describe('the audit of requests', () => {
  it('names who decided, through which account, on what', async () => {
    const made = world();
    const box = inbox(made.deps);
    await box.command(SENDER, 'request api-1 22 for 1h because deploy');
    const [request] = await made.deps.store.live(1);
    const id = request?.id ?? '';
    await box.command({ ...SENDER, user: 'U2', key: 'k2' }, `approve ${id}`);
    await converge(made.deps, MACHINE.id, never);
    const about = {
      request: id,
      requester: 'ada',
      cloud: 'aws',
      account: '123456789012',
      region: 'eu-west-1',
      machine: MACHINE.id,
      machineName: 'api-1',
      ports: ['22'],
      policies: ['production'],
      policyVersion: policyVersion([POLICY]),
      outcome: 'done',
    };
    const ada = { name: 'Ada', source: '203.0.113.7/32' };
    const until = made.clock.now() + 3_600_000;
    expect(entriesOf(made.audit)).toEqual([
      {
        ...about,
        event: 'asked',
        by: 'ada',
        through: 'slack',
        as: 'requester',
        version: 1,
        people: { ada: { ...ada, account: 'U1', words: 'deploy' } },
      },
      {
        ...about,
        event: 'approved',
        by: 'grace',
        through: 'slack',
        as: 'approver',
        version: 2,
        until,
        decision: expect.stringMatching(/^[\w-]{16}$/),
        people: { ada, grace: { name: 'Grace', account: 'U2' } },
      },
      {
        ...about,
        event: 'opened',
        by: 'drawbridge',
        as: 'program',
        version: 4,
        until,
        decision: expect.any(String),
        people: { ada },
      },
    ]);
  });

  it('holds up an approval that cannot be written: nothing is opened', async () => {
    const { deps, audit, cloud } = world();
    await inbox(deps).command(SENDER, 'request api-1 22 for 1h because deploy');
    const id = (await deps.store.live(1))[0]?.id ?? '';
    audit.failure = new Error('away');
    const answer = await inbox(deps).command({ ...SENDER, user: 'U2', key: 'k2' }, `approve ${id}`);
    expect(answer).toMatchObject({ refused: true });
    await converge(deps, MACHINE.id, never);
    expect((await deps.store.load(id)).request).toMatchObject({ status: 'pending' });
    expect(cloud.calls).toEqual([]);
  });

  it('tells the same trouble once, and no look that changed nothing', async () => {
    const { cloud, audit, clock, deps, id, converge: run } = await approved();
    const events = () => entriesOf(audit).map(({ event, code }) => [event, code].filter(Boolean).join(' '));
    cloud.open = async () => {
      throw Object.assign(new Error('slow'), { name: 'TimeoutError' });
    };
    for (let n = 0; n < 5; n += 1) {
      await run();
      clock.advance(60_000);
    }
    expect((await deps.store.load(id)).request).toMatchObject({ trouble: { tries: 5 } });
    expect(events()).toEqual(['asked', 'approved', 'trouble cloudSilent']);
  });
});

describe('a refused decision', () => {
  const refusal = { outcome: 'refused', through: 'slack', requester: 'ada', machineName: 'api-1', ports: ['22'] };

  it.each([
    ['typed with its id', (id: string) => `approve ${id}`, { code: 'ownRequest', request: true }],
    ['typed with a machine that fits nothing', () => 'approve api-1', { code: 'nothingFitsThere', request: false }],
    ['of an id that is not there', () => 'revoke zzzzzzz', { code: 'unknownRequest', request: false }],
    ['to revoke what is not open', (id: string) => `extend ${id}`, { code: 'notOpen', request: true }],
  ])('is in the audit and the log with who tried what: %s', async (_, text, { code, request }) => {
    const made = world();
    const lines: unknown[] = [];
    const log = {
      ...made.deps.log,
      info: (fields: object, message: string) => void lines.push({ ...fields, message }),
    };
    const box = inbox({ ...made.deps, log });
    await box.command(SENDER, 'request api-1 22 for 1h because deploy');
    const id = (await made.deps.store.live(1))[0]?.id ?? '';
    const typed = text(id);
    expect(await box.command({ ...SENDER, key: 'k2' }, typed)).toMatchObject({ refused: true });
    const [verb = '', word] = typed.split(' ');
    const last = entriesOf(made.audit).at(-1);
    expect(last).toMatchObject({
      outcome: 'refused',
      event: verb,
      code,
      by: 'ada',
      through: 'slack',
      people: { ada: { name: 'Ada', account: 'U1', ...(request ? {} : { words: word }) } },
    });
    if (request) expect(last).toMatchObject({ ...refusal, request: id });
    expect(lines).toContainEqual(
      expect.objectContaining({ message: 'refused', event: verb, code, by: 'Ada', account: 'U1' }),
    );
  });

  it.each(['approve', 'deny', 'revoke', 'extend', 'withdraw'] as const)(
    'by a button is there too: %s',
    async (verb) => {
      const made = world();
      const box = inbox(made.deps);
      await box.command(SENDER, 'request api-1 22 for 1h because deploy');
      const { id: request, version } = (await made.deps.store.live(1))[0] ?? { id: '', version: 0 };
      const stranger = verb === 'withdraw' ? 'U2' : 'U1';
      const press = { verb, request, version, reason: 'no' };
      expect(await box.press({ ...SENDER, user: stranger, key: 'k2' }, press)).toMatchObject({ refused: true });
      expect(entriesOf(made.audit).at(-1)).toMatchObject({
        ...refusal,
        event: verb,
        request,
        by: stranger === 'U1' ? 'ada' : 'grace',
      });
    },
  );

  it('by a stranger names their account', async () => {
    const { deps, audit, id } = await approved();
    const press = { verb: 'approve', request: id, version: 1 } as const;
    const answer = await inbox(deps).press({ ...SENDER, user: 'U9' }, press);
    expect(answer).toMatchObject({ refused: true });
    expect(entriesOf(audit).at(-1)).toMatchObject({
      ...refusal,
      event: 'approve',
      code: 'unknownPerson',
      request: id,
      by: 'U9',
    });
  });

  it('reaches the person although the audit is silent', async () => {
    const { deps, audit, log, id } = await approved();
    audit.failure = new Error('away');
    const answer = await inbox(deps).command(SENDER, `approve ${id}`);
    expect(answer.refused).toBe(true);
    expect(answer.lines.map(plain).join()).toContain('Grace');
    expect(log).toContain('what happened cannot be written to the audit');
  });
});

describe('the log', () => {
  it('says with names what was opened, closed, protected and not any more', async () => {
    const { deps, converge: run, clock } = await approved();
    const lines: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[] = [];
    const info = (fields: Readonly<Record<string, unknown>>, message: string) => void lines.push({ message, fields });
    const logged = { ...deps, log: { ...deps.log, info } };
    await converge(logged, MACHINE.id, never);
    clock.advance(3_600_000);
    await converge(logged, MACHINE.id, never);
    await run();
    await protect(logged, { which: ['api-1'], ports: { ports: [SSH], sources: [] } }, HOST);
    await unprotect(logged, 'api-1', HOST);
    const names = { requester: 'Ada', machine: 'api-1', ports: ['22'], source: '203.0.113.7/32' };
    expect(lines).toMatchObject([
      { message: 'opened', fields: { ...names, until: '2026-11-23T13:00:00.000Z' } },
      { message: 'closed', fields: { ...names, why: 'closed' } },
      { message: 'protected', fields: { by: 'root', host: 'bastion', machine: 'api-1', ports: ['22'] } },
      { message: 'unprotected', fields: { by: 'root', host: 'bastion', machine: 'api-1' } },
    ]);
  });
});
