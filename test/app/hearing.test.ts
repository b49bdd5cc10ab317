import { expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { notify } from '../../src/app/request/notify.ts';
import { nudge } from '../../src/app/request/nudge.ts';
import { submit } from '../../src/app/request/submit.ts';
import type { Hearing } from '../../src/core/people/hearing.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;

/** A request from its beginning to its end, with what its channel was told; edits in silence have a dash. */
async function toldTo(hearing: Hearing | undefined): Promise<readonly string[]> {
  const hearings = new Map(hearing === undefined ? [] : [['slack:channel:C1', hearing] as const]);
  const { deps, chat, cloud } = world({ hearings });
  const { id } = await submit(deps, ADA, ASK, SENDER);
  const run = async () => {
    await converge(deps, MACHINE.id, never);
    await notify(deps, id, never);
  };
  await run();
  await nudge(deps, ADA, id);
  await run();
  await decide(deps, GRACE, { request: id, verdict: 'approve' });
  await run();
  cloud.failures = Array.from({ length: 4 }, () => new Error('away'));
  await revoke(deps, ADA, id);
  await run();
  const own = chat.shown.filter(({ place }) => place.id === 'C1');
  return own.map(({ view, previous }) => {
    const key = view.announce.replace(/-\d+$/, '');
    return previous.announced === view.announce ? `- ${key}` : key;
  });
}

it('a channel hears everything of a request where nothing else is said', async () => {
  expect((await toldTo(undefined)).slice(0, 3)).toEqual(['asked', 'nudge', 'open']);
});

it('a channel that hears decisions gets no card before one', async () => {
  const told = await toldTo('decisions');
  expect(told[0]).toBe('open');
  expect(told).not.toContain('nudge');
});

it('a channel that hears problems gets nothing of what goes well', async () => {
  expect(await toldTo('problems')).toEqual([]);
});
