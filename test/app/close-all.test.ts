import { describe, expect, it } from 'vitest';
import { staticDirectory } from '../../adapters/directory/static.ts';
import { closeAll } from '../../src/app/inbox/close-all.ts';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { patrol } from '../../src/app/loops/patrol.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { submit } from '../../src/app/request/submit.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import { strayId } from '../../src/core/request/stray.ts';
import { placementKey } from '../../src/core/rule/rule.ts';
import type { Found } from '../../src/ports/cloud.ts';
import { ASK, approved } from './approved.ts';
import { entriesOf } from './audited.ts';
import { ADA, GRACE, HOST, POLICY, placement, SENDER } from './fixtures.ts';

const never = new AbortController().signal;
const LIN = { id: 'lin', name: 'Lin', slack: 'U3', groups: ['security'] };
const AS = { ada: SENDER, grace: { ...SENDER, user: 'U2' }, lin: { ...SENDER, user: 'U3' } } as const;

/** Ada's access is open; Lin is `security`, and has no part in it. `since` is what became of the house afterwards. */
async function open(since: { readonly policies?: readonly Policy[]; readonly people?: readonly Person[] } = {}) {
  const made = await approved({ people: [ADA, GRACE, LIN] });
  await made.converge();
  const rules = {
    ...made.deps.rules,
    security: ['group:security'] as const,
    policies: since.policies ?? made.deps.rules.policies,
  };
  const deps = {
    ...made.deps,
    rules,
    directory: since.people ? staticDirectory(since.people, ['slack']) : made.deps.directory,
  };
  const box = inbox(deps);
  const answer = (who: keyof typeof AS, text: string) => box.command(AS[who], text);
  const says = async (who: keyof typeof AS, text: string) => (await answer(who, text)).lines.map(plain);
  const page = async (who: keyof typeof AS, text: string) => {
    const { report } = await answer(who, text);
    return [
      report && phrased(report.title),
      ...(report?.sections ?? []).flatMap(({ heading, rows }) => [
        ...(heading ? [heading] : []),
        ...rows.map(({ line }) => plain(line)),
      ]),
    ];
  };
  return { ...made, deps, says, page };
}

/** A rule that bears the mark, and no request is known for. */
async function lost(made: Awaited<ReturnType<typeof open>>, source = '198.51.100.7/32') {
  const found: Found = { placement: placement(source), mark: 'valid', until: Date.UTC(2026, 10, 23, 13) };
  made.cloud.patrolled = [found];
  made.cloud.rules.set(placementKey(found.placement), found);
  await patrol(made.deps, never);
  return strayId({ placement: found.placement, until: found.until ?? 0 });
}

describe('security', () => {
  it('sees everything that is open or waits, and nobody else does', async () => {
    const made = await open();
    expect((await made.says('lin', 'list'))[0]).toContain('You have no open or pending requests');
    const stray = await lost(made);
    expect(await made.says('lin', 'list all')).toEqual([
      `\`${made.id}\`  api-1  22 from 203.0.113.7 for Ada — Open until 13:00 UTC`,
      expect.stringContaining('open without a record'),
      expect.stringContaining(`\`${stray}\``),
    ]);
    expect(await made.says('ada', 'list all')).toEqual([
      'Only people of `security` may do this. They are listed in drawbridge.yaml under `security`. Try `/jit list`',
    ]);
  });

  it('closes one, by its id or its machine’s name, and is in the audit as what it is', async () => {
    for (const which of ['id', 'api-1']) {
      const made = await open();
      const typed = which === 'id' ? made.id : which;
      expect(await made.says('lin', `revoke ${typed} because breach`)).toEqual([expect.stringContaining('closing')]);
      expect(entriesOf(made.audit).at(-1)).toMatchObject({ event: 'revoked', by: 'lin', as: 'security' });
      await made.converge();
      expect(await made.load()).toMatchObject({ status: 'ended', ending: { why: 'revoked', by: { id: 'lin' } } });
    }
  });

  it('closes what belongs to people who left, under a policy that has another name now', async () => {
    const made = await open({ policies: [{ ...POLICY, name: 'renamed' }], people: [LIN] });
    expect(await made.says('lin', `revoke ${made.id}`)).toEqual([expect.stringContaining('closing')]);
  });

  it('closes a rule whose record was lost', async () => {
    const made = await open();
    const stray = await lost(made);
    expect(await made.says('lin', `revoke ${stray}`)).toEqual(['Closed: api-1, 22 from 198.51.100.7.']);
    expect(entriesOf(made.audit).at(-1)).toMatchObject({ event: 'close found', outcome: 'done', as: 'security' });
  });

  it('decides nothing', async () => {
    const made = await open();
    const { id } = await submit(made.deps, ADA, { ...ASK, source: '198.51.100.9/32' }, { ...SENDER, key: 'second' });
    expect(await made.says('lin', `approve ${id}`)).toEqual([expect.stringContaining('You may not decide')]);
  });
});

describe('close all', () => {
  it('counts what had not started on its own: there is nothing to close', async () => {
    const made = await open();
    const at = (await made.deps.store.now()).at;
    const later = { ...ASK, source: '198.51.100.9/32', startsAt: at + 3_600_000 };
    const { id } = await submit(made.deps, ADA, later, { ...SENDER, key: 'later' });
    await decide(made.deps, GRACE, { request: id, verdict: 'approve' });
    const code = /confirm ([0-9a-f]{6})/.exec((await made.page('lin', 'close all')).join(' '))?.[1] ?? '';
    expect(await made.says('lin', `close all confirm ${code}`)).toEqual([
      'Closing 1 now; each card says when it is proven closed. 1 that had not started is called off.',
    ]);
  });

  it('shows first what it would close, then closes just that, and the rest waits', async () => {
    const made = await open();
    const stray = await lost(made);
    const { id: waiting } = await submit(
      made.deps,
      ADA,
      { ...ASK, source: '198.51.100.9/32' },
      { ...SENDER, key: 'second' },
    );
    made.cloud.calls.length = 0;
    const page = await made.page('lin', 'close all because breach');
    const code = /confirm ([0-9a-f]{6})/.exec(page.join(' '))?.[1] ?? '';
    expect(page).toEqual([
      'Close all 2 that are open?',
      'Nothing was closed yet. Protections, and rules that others made, stay as they are. 1 request waits for a decision and can still be approved.',
      'Access that ends',
      `\`${made.id}\`  api-1  22 from 203.0.113.7 for Ada — Open until 13:00 UTC`,
      'Without a record',
      expect.stringContaining('open without a record'),
      expect.stringContaining(`\`${stray}\``),
      `To close them: \`/jit close all confirm ${code} because breach\``,
    ]);
    expect(made.cloud.calls).toEqual([]);
    expect(await made.says('lin', `close all confirm ${code} because breach`)).toEqual([
      'Closing 1 now; each card says when it is proven closed.',
      'Closed: api-1, 22 from 198.51.100.7.',
    ]);
    await made.converge();
    expect(made.cloud.rules.size).toBe(0);
    expect(await made.load()).toMatchObject({ status: 'ended', ending: { say: 'breach' } });
    expect((await made.deps.store.load(waiting)).request?.status).toBe('pending');
    expect(entriesOf(made.audit).filter(({ event }) => event === 'close all')).toMatchObject([
      { outcome: 'shown', as: 'security', by: 'lin', page: code },
      { outcome: 'begun', page: code },
      { outcome: 'done', page: code },
    ]);
  });

  it('shows it again when something else is open meanwhile', async () => {
    const made = await open();
    expect((await made.page('lin', 'close all confirm 000000'))[1]).toBe(
      'Something else is open since this was shown. Check it again.',
    );
    expect((await made.load())?.status).toBe('active');
  });

  it('is refused to everybody else, and the refusal is in the audit', async () => {
    const made = await open();
    expect(await made.says('grace', 'close all')).toEqual([
      expect.stringContaining('Only people of `security` may do this'),
    ]);
    expect(entriesOf(made.audit).at(-1)).toMatchObject({
      event: 'close all',
      outcome: 'refused',
      code: 'notSecurity',
      by: 'grace',
    });
  });

  it('says so when nothing is open', async () => {
    const made = await open();
    await made.says('lin', `revoke ${made.id}`);
    await made.converge();
    expect(await made.says('lin', 'close all')).toEqual(['Drawbridge knows of no access that is open.']);
  });

  it('goes on after one that cannot be ended, and says which', async () => {
    const made = await open();
    const stray = await lost(made);
    const page = await made.page('lin', 'close all');
    const code = /confirm ([0-9a-f]{6})/.exec(page.join(' '))?.[1] ?? '';
    made.cloud.failures = [new Error('away')];
    const lines = await made.says('lin', `close all confirm ${code}`);
    expect(lines[0]).toBe('Closing 1 now; each card says when it is proven closed.');
    expect(lines[1]).toContain(`\`${stray}\`: `);
    expect((await made.load())?.status).toBe('closing');
  });
});

describe('the command line', () => {
  it('may close anything, as what it is', async () => {
    const made = await open({ policies: [] });
    const deps = { ...made.deps, acting: HOST };
    await revoke(deps, HOST, made.id, 'breach');
    expect(entriesOf(made.audit).at(-1)).toMatchObject({ event: 'revoked', as: 'commandLine' });
    await made.converge();
    expect(await made.load()).toMatchObject({
      status: 'ended',
      ending: { by: { name: `${HOST.user} on ${HOST.host}` } },
    });
    expect(await closeAll(deps, HOST, {})).toMatchObject({ requests: [], failed: 0 });
  });
});
