import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { plain } from '../../src/core/language/text.ts';
import { SENDER, world } from './fixtures.ts';

const GRACE = { ...SENDER, user: 'U2' } as const;
const ASKED = 'request api-1 22 for 1h from 203.0.113.7 because x';

/** What the last of these commands is answered, of which the first makes a request. */
async function answered(...typed: readonly (readonly ['ada' | 'grace', string])[]) {
  const { deps } = world();
  const box = inbox(deps);
  let said = '';
  let id = '';
  for (const [i, [who, text]] of typed.entries()) {
    const command = text.replace('ID', id);
    const answer = await box.command({ ...(who === 'ada' ? SENDER : GRACE), key: `k${i}` }, command);
    said = answer.lines.map(plain).join(' ');
    id = (await deps.store.live(10))[0]?.id ?? id;
  }
  return id === '' ? said : said.replaceAll(id, 'ID');
}

describe('a refusal gives the whole command back', () => {
  it.each([
    [
      'ada',
      'request api-1 22 for 1m from 203.0.113.7 because x',
      'request api-1 22 for 5min from 203.0.113.7 because x',
    ],
    [
      'ada',
      'request api-1 22 until 12:03 from 203.0.113.7 because x',
      'request api-1 22 for 5min from 203.0.113.7 because x',
    ],
    ['ada', 'request api-1 22 for 9h from 203.0.113.7 because x', 'request api-1 22 for 4h from 203.0.113.7 because x'],
    [
      'ada',
      'request api-1 3389 for 1h from 203.0.113.7 because x',
      'request api-1 22 for 1h from 203.0.113.7 because x',
    ],
    ['ada', 'request ap-1 22 from 203.0.113.7 because x', 'request api-1 22 from 203.0.113.7 because x'],
    ['ada', 'extend api-1 1m', undefined],
  ] as const)('%s: %s', async (who, typed, command) => {
    const said = await answered([who, typed]);
    if (command === undefined) expect(said).not.toContain('Try');
    else expect(said).toContain(`Try \`/jit ${command}\``);
  });

  it.each([
    ['approve ID 1m', 'approve ID for 5min'],
    ['approve ID 22 for 1m because enough', 'approve ID 22 for 5min because enough'],
    // Longer than was requested: as it is, it is less than that.
    ['approve ID for 3h', 'approve ID'],
    ['approve ID 1h because ok', 'approve ID because ok'],
    // Ports or a source that were not requested are nothing that may be approved.
    ['approve ID 3389', undefined],
    ['approve ID from 10.0.0.0/8', undefined],
  ])('of an offer: %s', async (typed, command) => {
    const said = await answered(['ada', ASKED], ['grace', typed]);
    if (command === undefined) expect(said).not.toContain('Try');
    else expect(said).toContain(`Try \`/jit ${command}\``);
  });
});

describe('what may be typed next is offered to whoever may type it', () => {
  const told = async (user: string, typed: string, ...before: readonly string[]) => {
    const { deps } = world();
    const box = inbox({ ...deps, rules: { ...deps.rules, protectors: ['person:grace'] } });
    for (const text of before) await box.command({ ...SENDER, key: text }, text);
    const id = (await deps.store.live(10))[0]?.id ?? 'ID';
    const { lines } = await box.command({ ...SENDER, user, key: 'then' }, typed.replace('ID', id));
    return lines.map(plain).join(' ').replaceAll(id, 'ID');
  };

  it.each([
    [
      'U2',
      'deny ID',
      'A reason is required to deny a request. The requester will see it. Try `/jit deny ID because <reason>`',
    ],
    ['U2', 'close all', 'They are listed in drawbridge.yaml under `security`. Try `/jit list`'],
    ['U2', 'list all', 'They are listed in drawbridge.yaml under `security`. Try `/jit list`'],
    ['U2', 'doctor', 'They are listed in drawbridge.yaml under `security`.$'],
    ['U2', 'protect', 'The machine is missing. Name it. Try `/jit protect <machine>`'],
    ['U1', 'why', 'The machine is missing. Name it. Try `/jit why <machine>`'],
  ])('%s: %s', async (user, typed, said) => {
    const answer = await told(user, typed, ASKED);
    expect(answer).toMatch(new RegExp(`${said.replaceAll('.', '\\.')}`));
  });

  // Ada may not protect, and no break-glass rule is there.
  it.each([
    ['U2', 'protct api-1', 'Try `/jit protect api-1`'],
    ['U1', 'protct api-1', 'See `/jit help`\\.$'],
    ['U1', 'schütze api-1', 'See `/jit help`\\.$'],
    ['U1', 'emergency api-1', 'Try `/jit request api-1`'],
    ['U1', 'unprotect api-1 ssh', 'Try `/jit help`'],
    ['U1', 'doctr', 'See `/jit help`\\.$'],
    ['U1', 'gimme api-1', 'Try `/jit request api-1`'],
  ])('and nothing else is, of what was not understood: %s: %s', async (user, typed, said) => {
    expect(await told(user, typed)).toMatch(new RegExp(said));
  });
});
