import { describe, expect, it } from 'vitest';
import { deskFor } from '../../src/app/api/desk.ts';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import { plain } from '../../src/core/language/text.ts';

import type { Press } from '../../src/ports/inbox.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER, world } from './fixtures.ts';
import { RULE } from './glass-fixtures.ts';

/** What stands in commands that are offered, and what people write who give nothing. */
const NONE = [
  '<reason>',
  'REASON',
  '...',
  '…',
  '[reason]',
  '“<reason>”',
  '`<Grund>`',
  ' \u00a0',
  '<your words>',
  '. . .',
];

const GRACES = { ...SENDER, user: 'U2' };
const FILLED = { machine: MACHINE.id, ports: ['22'], duration: '1h', source: '203.0.113.7', justification: 'deploy' };

async function house(state: 'none' | 'waiting' | 'open' = 'none') {
  const made = world({
    people: [
      { ...ADA, entra: ENTRA.ada },
      { ...GRACE, entra: ENTRA.grace },
    ],
  });
  const deps = { ...made.deps, rules: { ...made.deps.rules, breakGlass: [RULE] } };
  const id = state === 'none' ? '' : (await submit(deps, ADA, ASK, SENDER)).id;
  if (state === 'open') await decide(deps, GRACE, { request: id, verdict: 'approve' });
  const api = (who: keyof typeof ENTRA) => {
    const caller = { entra: ENTRA[who], isLimited: false, until: made.clock.now() + 3_600_000 };
    return deskFor(deps, { caller, key: 'k', address: '203.0.113.7' });
  };
  const load = async () => (await deps.store.load(id)).request;
  return { deps, id, box: inbox(deps), api, load, all: () => deps.store.live(10) };
}
const ENTRA = { ada: '00000000-0000-4000-8000-00000000000a', grace: '00000000-0000-4000-8000-00000000000b' } as const;

describe.each(NONE)('what only stands for words is none: %j', (none) => {
  it.each([false, true])(
    'in the form of a request (breaking glass: %s), which asks for it at its field',
    async (isBreakGlass) => {
      const { box, all } = await house();
      const { refused, faults } = await box.submit(SENDER, {
        ...FILLED,
        justification: none,
        ...(isBreakGlass ? { isBreakGlass } : {}),
      });
      expect({ refused, fields: Object.keys(faults ?? {}) }).toEqual({ refused: true, fields: ['justification'] });
      expect(await all()).toEqual([]);
    },
  );

  it('in a call of the API, by parts and by words', async () => {
    const { api, all } = await house();
    const parts = { machine: 'api-1', ports: ['22'], for: '1h', from: '203.0.113.7', because: none };
    await expect(api('ada').request(parts)).rejects.toMatchObject({ code: 'missingReason' });
    const words = `api-1 22 for 1h from 203.0.113.7 because ${none}`;
    await expect(api('ada').request({ words })).rejects.toMatchObject({ code: 'missingReason' });
    expect(await all()).toEqual([]);
  });

  it('where something is denied: by a button, and by a call', async () => {
    const { box, api, id, load } = await house('waiting');
    const { lines } = await box.press(GRACES, { verb: 'deny', request: id, version: 1, reason: none });
    expect(lines.map(plain).join()).toMatch(/^A reason is required to deny a request\./);
    await expect(api('grace').deny(id, none)).rejects.toMatchObject({ code: 'missingDenyReason' });
    expect((await load())?.status).toBe('pending');
  });

  it('where words are no must: nothing is kept of it', async () => {
    const waiting = await house('waiting');
    await waiting.api('grace').approve(waiting.id, { reason: none });
    expect((await waiting.load())?.reviews).toMatchObject([{ verdict: 'approve' }]);
    expect((await waiting.load())?.reviews[0]).not.toHaveProperty('reason');
    const open = await house('open');
    await open.box.press(GRACES, { verb: 'revoke', request: open.id, version: 2, reason: none });
    expect(JSON.stringify((await open.load())?.timeline.at(-1))).not.toContain(
      JSON.stringify(none.trim()).slice(1, -1) || '\u0000',
    );
  });

  it.each(['ask', 'answer'] as const)('where somebody is to %s', async (verb) => {
    const { box, id, load } = await house('waiting');
    const asks: Press = { verb: 'ask', request: id, version: 1, reason: 'for which ticket?' };
    if (verb === 'answer') await box.press(GRACES, asks);
    const before = await load();
    const sender = verb === 'ask' ? GRACES : SENDER;
    const { refused, lines } = await box.press(sender, { verb, request: id, version: 1, reason: none });
    expect([refused, lines.map(plain).join()]).toEqual([
      true,
      expect.stringMatching(/^The (?:question|answer) is missing\./),
    ]);
    expect(await load()).toEqual(before);
  });
});

describe('what only stands for a value is none', () => {
  it.each([
    ['source', '<address>', 'source'],
    ['source', '<your public IP address>', 'source'],
    ['duration', '<time>', 'duration'],
    ['start', '<time>', 'start'],
    ['machine', '<machine>', 'machine'],
    ['ports', '<port>', 'ports'],
  ])('in the form: %s %s', async (field, value, at) => {
    const { box, all } = await house();
    const filled = { ...FILLED, [field]: field === 'ports' ? [value] : value };
    const { refused, faults } = await box.submit(SENDER, filled);
    expect({ refused, fields: Object.keys(faults ?? {}) }).toEqual({ refused: true, fields: [at] });
    expect(await all()).toEqual([]);
  });

  it.each([
    ['from', '<address>', 'malformedSource'],
    ['for', '<time>', 'malformedDuration'],
    ['at', '<time>', 'malformedStart'],
    ['machine', '<machine>', 'unknownMachine'],
    ['ports', '<port>', 'malformedPort'],
    ['for', '...', 'malformedDuration'],
  ])('in a call: %s %s', async (field, value, code) => {
    const { api, all } = await house();
    const parts = { machine: 'api-1', because: 'deploy', from: '203.0.113.7' };
    const call = api('ada').request({ ...parts, [field]: field === 'ports' ? [value] : value });
    await expect(call).rejects.toMatchObject({ code });
    expect(await all()).toEqual([]);
  });

  it.each(['<ports>', '<port> for 1h', '22 from <address>', '22 for <time>', '...'])(
    'in the lines of ports: %s',
    async (ports) => {
      const { deps } = await house();
      const box = inbox({ ...deps, rules: { ...deps.rules, protectors: ['person:ada'] } });
      const { version } = await box.portsForm(SENDER, 'api-1');
      const { refused, faults } = await box.submitPorts(SENDER, { machine: MACHINE.id, version, ports });
      expect({ refused, fields: Object.keys(faults ?? {}) }).toEqual({ refused: true, fields: ['ports'] });
    },
  );
});
