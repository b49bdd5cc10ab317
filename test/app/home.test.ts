import { describe, expect, it } from 'vitest';
import { home } from '../../src/app/inbox/home.ts';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { drawHomes } from '../../src/app/loops/homes.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { homesChanged } from '../../src/app/request/homes-changed.ts';
import { notify } from '../../src/app/request/notify.ts';
import { submit } from '../../src/app/request/submit.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import { type HomePage, homeReport } from '../../src/core/view/home-page.ts';
import type { Chat } from '../../src/ports/chat.ts';
import { memoryHomes } from '../memory/homes.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER, world } from './fixtures.ts';

/** `heading: line [buttons]`. */
const words = ({ sections }: HomePage) =>
  sections.flatMap(({ heading, rows }) =>
    rows.map(({ line, buttons }) => {
      const labels = buttons.map((one) =>
        'button' in one ? one.button.verb : 'form' in one ? `form ${one.machine ?? ''}`.trim() : one.command.command,
      );
      return `${phrased(heading)}: ${plain(line)} [${labels.join(', ')}]`;
    }),
  );

describe('the page of a person', () => {
  it('shows what is theirs with the time that is left, and what waits for them until they said something', async () => {
    const { deps } = world();
    const { id } = await submit(deps, ADA, ASK, SENDER);
    expect(words(await home(deps, ADA))).toEqual([
      expect.stringMatching(
        /^Yours \(1\): api-1 \(AWS.*\): port 22 \(SSH\) from 203.0.113.7. Waiting .*\[withdraw, show/,
      ),
      'Request access: Request access to a machine, for a limited time. [form, help]',
      `Request access: api-1 [form ${MACHINE.id}]`,
    ]);
    const [waits] = words(await home(deps, GRACE));
    expect(waits).toMatch(
      /^Waits for you \(1\): Ada asks for api-1 \(AWS.*\): port 22 \(SSH\) from 203.0.113.7 for 1 h. Decide by .*\[approve, less, ask, deny, show/,
    );
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    await converge(deps, MACHINE.id, new AbortController().signal);
    expect(words(await home(deps, GRACE)).join()).not.toContain('Waits for you');
    expect(words(await home(deps, ADA))[0]).toMatch(/Open until .* \(1 h left\)\. \[extend, why, revoke, show/);
    await revoke(deps, ADA, id, 'done');
    await converge(deps, MACHINE.id, new AbortController().signal);
    expect(words(await home(deps, ADA)).at(-1)).toMatch(
      /^Recent: api-1: port 22 \(SSH\)\. Revoked by Ada.*again, show/,
    );
  });

  it('is a list with one button a row where it was typed', async () => {
    const { deps } = world();
    const { id } = await submit(deps, ADA, ASK, SENDER);
    const { report, refused } = await inbox(deps).command({ ...SENDER, user: 'U2', key: 'g1' }, 'hi');
    expect(refused).toBe(false);
    expect(report?.sections[0]?.rows[0]?.button).toEqual({ label: 'Approve', command: `approve ${id}` });
    expect(homeReport(await home(deps, ADA)).sections[1]?.rows[1]?.button?.command).toBe(`request ${MACHINE.id}`);
  });

  it('has words for a stranger', async () => {
    const { deps } = world();
    const stranger = { ...SENDER, user: 'U9' };
    const refused = await inbox(deps).home(stranger, true);
    expect('refusal' in refused && phrased(refused.refusal)).toContain('not registered');
  });
});

describe('pages of people who opened theirs', () => {
  const drawing = (draw: (user: string) => Promise<void>) => {
    const { deps: some } = world();
    const homes = memoryHomes(Date.now);
    const slack = { ...(some.chats.get('slack') as Chat), drawHome: draw };
    return { ...some, homes, chats: new Map([['slack', slack] as const]) };
  };

  it('are drawn anew when something of them changed, five at a time, each once', async () => {
    const drawn: string[] = [];
    const deps = drawing(async (user) => void drawn.push(user));
    const box = inbox(deps);
    await box.home({ ...SENDER, user: 'U2' }, true);
    await box.home(SENDER);
    const { id } = await submit(deps, ADA, ASK, SENDER);
    for (const _ of [1, 2]) await notify(deps, id, new AbortController().signal);
    expect(await drawHomes(deps)).toBe(0);
    expect(drawn).toEqual(['U2']);
    for (let i = 10; i < 18; i += 1) await deps.homes.opened('slack', `U${i}`);
    await deps.homes.changed(
      'slack',
      Array.from({ length: 8 }, (_, i) => `U${i + 10}`),
    );
    await drawHomes(deps);
    expect(drawn).toHaveLength(6);
    await drawHomes(deps);
    await drawHomes(deps);
    expect(drawn).toHaveLength(9);
  });

  it('are drawn anew for whoever was asked before, and is no more', async () => {
    const { deps } = world();
    const homes = memoryHomes(Date.now);
    const { id } = await submit(deps, ADA, ASK, SENDER);
    const { request } = await deps.store.load(id);
    if (!request) throw new Error('it is there');
    for (const user of ['U1', 'U2', 'U9']) await homes.opened('slack', user);
    const before = { chat: 'slack', kind: 'private', id: 'U9' } as const;
    await homesChanged({ ...deps, homes }, { ...request, places: [...request.places, before] });
    expect([...(await homes.take('slack', 5))].sort()).toEqual(['U1', 'U2', 'U9']);
  });

  it('wait for as long as the chat says, and what it refuses for good is left', async () => {
    const drawn: string[] = [];
    let error: Error | undefined = new JitError('chatSilent', { chat: 'Slack' }, { retryAfterMs: 7_000 });
    const deps = drawing(async (user) => {
      if (error) throw error;
      drawn.push(user);
    });
    for (const user of ['U1', 'U2']) await deps.homes.opened('slack', user);
    await deps.homes.changed('slack', ['U1', 'U2']);
    expect(await drawHomes(deps)).toBe(7_000);
    error = undefined;
    expect(await drawHomes(deps)).toBe(0);
    expect(drawn.toSorted()).toEqual(['U1', 'U2']);
    error = new JitError('chatRefused', { chat: 'Slack', code: 'not_enabled' });
    await deps.homes.changed('slack', ['U1', 'U2']);
    expect(await drawHomes(deps)).toBe(0);
    expect(await deps.homes.take('slack', 9)).toEqual([]);
  });
});
