import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { extend } from '../../src/app/request/extend.ts';
import { submit } from '../../src/app/request/submit.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

/** Decides for nobody; closes what is open, whoever's it is. */
const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };
const EVE: Person = { id: 'eve', name: 'Eve', slack: 'U4', groups: ['eng'] };
const USERS = { ada: 'U1', grace: 'U2', sam: 'U3', eve: 'U4' } as const;
const never = new AbortController().signal;

type State = 'waiting' | 'open' | 'open by itself' | 'starts later' | 'more asked' | 'more denied';

async function inState(state: State) {
  const isAuto = state === 'open by itself';
  const made = world({
    people: [ADA, GRACE, SAM, EVE],
    policies: [isAuto ? { ...POLICY, auto: { upToMs: 7_200_000 } } : POLICY],
  });
  const deps = {
    ...made.deps,
    rules: { ...made.deps.rules, security: ['group:security'] as const, protectors: ['person:sam'] as const },
  };
  const later = state === 'starts later' ? { start: 'at 18:00' } : {};
  const { id } = await submit(deps, ADA, { ...ASK, ...later }, SENDER);
  const approve = () => decide(deps, GRACE, { request: id, verdict: 'approve' });
  if (state !== 'waiting' && !isAuto) await approve();
  if (state !== 'waiting' && state !== 'starts later') await converge(deps, MACHINE.id, never);
  if (state.startsWith('more')) await extend(deps, ADA, id);
  if (state === 'more denied') await decide(deps, GRACE, { request: id, verdict: 'deny', reason: 'no' });
  const box = inbox(deps);
  const typed = async (who: keyof typeof USERS, text: string) => {
    const { lines } = await box.command({ ...SENDER, user: USERS[who], key: text }, text.replace('ID', id));
    return lines.map(plain).join(' ').replaceAll(id, 'ID');
  };
  return { deps, id, box, typed };
}

describe('whoever wants to stop a request', () => {
  it.each([
    ['waiting', 'grace', 'revoke ID', 'deny ID because <reason>'],
    ['waiting', 'grace', 'withdraw ID because not today', 'deny ID because not today'],
    ['waiting', 'grace', 'close api-1', 'deny ID because <reason>'],
    ['waiting', 'ada', 'revoke ID', 'withdraw ID'],
    ['waiting', 'ada', 'deny ID because not needed', 'withdraw ID because not needed'],
    ['waiting', 'eve', 'withdraw ID', undefined],
    ['open', 'grace', 'deny ID', 'revoke ID'],
    ['open', 'grace', 'deny api-1 because wrong machine', 'revoke ID because wrong machine'],
    ['open', 'ada', 'withdraw ID', 'revoke ID'],
    ['open', 'sam', 'deny ID', 'revoke ID'],
    ['open', 'sam', 'unprotect api-1', 'revoke ID'],
    ['open', 'eve', 'deny ID because no', undefined],
    ['open by itself', 'ada', 'withdraw ID', 'revoke ID'],
    ['open by itself', 'sam', 'deny ID because why at all', 'revoke ID because why at all'],
    ['open by itself', 'eve', 'deny ID because no', undefined],
    ['open by itself', 'ada', 'approve ID', undefined],
    ['waiting', 'grace', 'move api-1', undefined],
    ['waiting', 'ada', 'extend ID', undefined],
    ['starts later', 'grace', 'deny ID', 'revoke ID'],
    ['more asked', 'grace', 'withdraw ID', 'revoke ID'],
    ['more denied', 'grace', 'deny ID', 'revoke ID'],
    ['more denied', 'ada', 'withdraw ID', 'revoke ID'],
    ['more denied', 'eve', 'deny ID because no', undefined],
  ] as const)('is told the word by which they may: %s: %s: %s', async (state, who, text, command) => {
    const { typed } = await inState(state);
    const said = await typed(who, text);
    if (command === undefined) expect(said).not.toMatch(/`\/jit (?!list|show)/);
    else expect(said).toContain(`Try \`/jit ${command}\``);
  });

  it('does so with what they are told', async () => {
    const { deps, id, typed } = await inState('open by itself');
    expect(await typed('sam', 'deny ID because no')).toContain('Try `/jit revoke ID because no`');
    await typed('sam', 'revoke ID because no');
    expect((await deps.store.load(id)).request?.status).toBe('closing');
  });

  it('is told so by a button that came too late, too', async () => {
    const { id, box } = await inState('open');
    const press = (user: string) =>
      box.press({ ...SENDER, user, key: user }, { verb: 'deny', request: id, version: 1 });
    const said = async (user: string) => (await press(user)).lines.map(plain).join(' ');
    expect(await said('U2')).toContain(`Try \`/jit revoke ${id}\``);
    expect(await said('U4')).not.toContain('/jit revoke');
  });
});

describe('what is open without a decision', () => {
  it.each(['deny ID because no', 'approve ID', 'withdraw ID'])('is not said to be over: %s', async (text) => {
    const { typed } = await inState('open by itself');
    expect(await typed(text.startsWith('withdraw') ? 'ada' : 'sam', text)).toMatch(
      /^This needed no decision: open until 13:00 UTC\. Its requester, its approvers/,
    );
  });
});

describe('whoever may not break glass', () => {
  it.each([
    ['break-glass api-1 22 for 1h because db down', 'request api-1 22 for 1h because db down'],
    ['brek-glass api-1 22 for 1h because db down', 'request api-1 22 for 1h because db down'],
    ['break-glass api-1 confirm 3f2a90bc11de because x', 'request api-1 because x'],
    ['emergency api-1', 'request api-1'],
    ['notfall api-1 weil db down', 'request api-1 because db down'],
  ])('gets the same back as a request: %s', async (text, command) => {
    const { typed } = await inState('waiting');
    expect(await typed('eve', text)).toContain(`Try \`/jit ${command}\``);
  });

  it.each(['for @grace', 'at 18:00'])('and said what stands in a request alone gets that: %s', async (more) => {
    const { typed } = await inState('waiting');
    expect(await typed('eve', `break-glass api-1 ${more} because x`)).toContain(
      `Try \`/jit request api-1 ${more} because x\``,
    );
  });

  it('and said a moment that may be an end gets both as requests', async () => {
    const { typed } = await inState('waiting');
    expect(await typed('eve', 'break-glass api-1 tomorrow 9:00 because x')).toContain(
      'Try `/jit request api-1 at tomorrow 9:00 because x` or `/jit request api-1 until tomorrow 9:00 because x`',
    );
  });

  it('gets it where the form would open, and where it was sent', async () => {
    const { box } = await inState('waiting');
    const sender = { ...SENDER, user: 'U4', key: 'form' };
    const { refusal } = await box.form(sender, true, { machine: 'api-1', justification: 'db down' });
    expect(plain([refusal ?? ''])).toContain('Try `/jit request api-1 because db down`');
    const filled = { machine: MACHINE.id, ports: ['22'], duration: '1h', source: '', justification: 'db down' };
    const { lines } = await box.submit(sender, { ...filled, isBreakGlass: true });
    expect(lines.map(plain).join(' ')).toContain(`Try \`/jit request ${MACHINE.id} 22 for 1h because db down\``);
  });
});
