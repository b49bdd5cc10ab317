import { describe, expect, it } from 'vitest';
import { sshSignatures } from '../../adapters/ssh-key/index.ts';
import type { Deps } from '../../src/app/deps.ts';
import { breakSigned, toSign } from '../../src/app/glass/signed.ts';
import { keepSnapshot } from '../../src/app/loops/snapshot.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { namespaceOf, type Statement, statementText } from '../../src/core/request/statement.ts';
import type { KnownPeople } from '../../src/ports/glass-snapshot.ts';
import { softKey, token } from '../adapters/ssh-key/signing.ts';
import { entriesOf } from './audited.ts';
import { ADA, MACHINE } from './fixtures.ts';
import { GLASS_ASK, glassWorld } from './glass-fixtures.ts';

const NEVER = new AbortController().signal;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ASKED = { person: 'ada', ask: { ...GLASS_ASK, source: '203.0.113.7/32' } };

/** A house in which Ada's key is enrolled, and no chat is asked. */
function keyWorld(key = softKey()) {
  const here = glassWorld();
  let kept: KnownPeople | undefined;
  const away = { is: false };
  const snapshot = {
    keep: async (known: KnownPeople) => {
      kept = known;
    },
    read: async () => kept,
  };
  const directory: Deps['directory'] = {
    ...here.deps.directory,
    byId: (id, freshness) =>
      away.is
        ? Promise.reject(new JitError('directoryAway', { directory: 'Entra ID', why: 'does not answer' }))
        : here.deps.directory.byId(id, freshness),
  };
  const deps: Deps = {
    ...here.deps,
    directory,
    chats: new Map(),
    offline: { installation: 'prod', signatures: sshSignatures, snapshot },
    rules: { ...here.deps.rules, glassKeys: { keys: new Map([['ada', [key.line]]]), oldestMs: 24 * HOUR } },
  };
  const sign = (statement: Statement, by = key, installation = 'prod') =>
    by.signature(statementText(statement), namespaceOf(installation));
  const opens = () => here.cloud.calls.filter((call) => call.startsWith('open')).length;
  return { ...here, deps, away, sign, opens };
}

async function refused(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: JitError) => error.code,
  );
}

describe('breaking glass with a key', () => {
  it.each([
    ['a key', softKey()],
    ['a FIDO token', token('ed25519')],
    ['a FIDO token with ECDSA', token('ecdsa')],
  ])('opens what was signed with %s, though no chat works; the chats get their cards later', async (_, key) => {
    const { deps, sign, audit, opens } = keyWorld(key);
    const { statement, told } = await toSign(deps, ASKED);
    expect(told.people.map(({ id }) => id)).toEqual(['grace', 'lin', 'sam']);
    expect(await deps.store.live(9)).toEqual([]);
    const { id, places } = await breakSigned(deps, ASKED, { statement, signature: sign(statement) });
    expect(places).toContainEqual({ chat: 'slack', kind: 'channel', id: 'CGLASS' });
    await converge(deps, MACHINE.id, NEVER);
    expect((await deps.store.load(id)).request).toMatchObject({
      status: 'active',
      breakGlass: { key: expect.stringMatching(/^SHA256:/) },
    });
    expect(opens()).toBe(1);
    expect((await deps.store.behind(0, 9)).map((one) => one.id)).toEqual([id]);
    expect(entriesOf(audit)[0]).toMatchObject({
      event: 'broke glass',
      by: 'ada',
      as: 'requester',
      people: { ada: { account: expect.stringMatching(/^SHA256:/) } },
    });
  });

  it('takes what an editor ended with a line break', async () => {
    const key = softKey();
    const { deps } = keyWorld(key);
    const { statement } = await toSign(deps, ASKED);
    const signature = key.signature(`${statementText(statement)}\n`, namespaceOf('prod'));
    expect(await breakSigned(deps, ASKED, { statement, signature })).toMatchObject({ status: 'activating' });
  });

  it('signs all that is asked for: another ask is another text', async () => {
    const { deps } = keyWorld();
    const { statement } = await toSign(deps, ASKED);
    const { asked } = statement;
    const others: readonly Statement[] = [
      { ...statement, installation: 'test' },
      { ...statement, person: 'grace' },
      { ...statement, nonce: 'x' },
      { ...statement, until: statement.until + 1 },
      { ...statement, at: statement.at + 1 },
      { ...statement, asked: { ...asked, machine: 'aws:123456789012:eu-west-1:i-2' } },
      { ...statement, asked: { ...asked, ports: [{ number: 22, protocol: 'udp' }] } },
      { ...statement, asked: { ...asked, source: '0.0.0.0/0' } },
      { ...statement, asked: { ...asked, forMs: asked.forMs + 1 } },
      { ...statement, asked: { ...asked, justification: 'x\nnonce: y' } },
    ];
    const texts = [statement, ...others].map(statementText);
    expect(new Set(texts).size).toBe(texts.length);
    for (const text of texts) expect(text.split('\n')).toHaveLength(12);
  });

  it.each<
    [string, string, (here: ReturnType<typeof keyWorld>, statement: Statement) => Parameters<typeof breakSigned>]
  >([
    ['nothing signed', 'signatureUnreadable', ({ deps }, statement) => [deps, ASKED, { statement, signature: '' }]],
    [
      'a key that is not enrolled',
      'signatureUnknown',
      ({ deps, sign }, statement) => [deps, ASKED, { statement, signature: sign(statement, softKey()) }],
    ],
    [
      'what was signed for another installation',
      'signatureElsewhere',
      ({ deps, sign }, statement) => [deps, ASKED, { statement, signature: sign(statement, undefined, 'test') }],
    ],
    [
      'another installation in what was signed',
      'signatureWrong',
      ({ deps, sign }, statement) => {
        const other = { ...statement, installation: 'test' };
        return [deps, ASKED, { statement: other, signature: sign(other) }];
      },
    ],
    [
      'what was signed for another ask',
      'signatureWrong',
      ({ deps, sign }, statement) => {
        const longer = { ...statement, asked: { ...statement.asked, forMs: 2 * HOUR } };
        return [deps, ASKED, { statement: longer, signature: sign(statement) }];
      },
    ],
    [
      'an ask that is not what was signed',
      'signatureWrong',
      ({ deps, sign }, statement) => {
        const other = { ...ASKED, ask: { ...ASKED.ask, justification: 'something else' } };
        return [deps, other, { statement, signature: sign(statement) }];
      },
    ],
    [
      'a time of somebody’s own choice',
      'signatureLate',
      ({ deps, sign }, statement) => {
        const longer = { ...statement, until: statement.until + HOUR };
        return [deps, ASKED, { statement: longer, signature: sign(longer) }];
      },
    ],
    [
      'what was signed for later',
      'signatureLate',
      ({ deps, sign }, statement) => {
        const later = { ...statement, at: statement.at + 5 * MINUTE, until: statement.until + 5 * MINUTE };
        return [deps, ASKED, { statement: later, signature: sign(later) }];
      },
    ],
    [
      'what was signed too long ago',
      'signatureLate',
      (here, statement) => {
        here.clock.advance(10 * MINUTE);
        return [here.deps, ASKED, { statement, signature: here.sign(statement) }];
      },
    ],
    [
      'a key that was revoked meanwhile',
      'signatureUnknown',
      ({ deps, sign }, statement) => {
        const keys = new Map([['ada', [softKey().line]]]);
        const later = { ...deps, rules: { ...deps.rules, glassKeys: { keys, oldestMs: HOUR } } };
        return [later, ASKED, { statement, signature: sign(statement) }];
      },
    ],
    [
      'somebody whose keys were all taken out',
      'noGlassKeys',
      ({ deps, sign }, statement) => {
        const { glassKeys: _, ...rules } = deps.rules;
        return [{ ...deps, rules }, ASKED, { statement, signature: sign(statement) }];
      },
    ],
    [
      'somebody else, with one’s own key',
      'noGlassKeys',
      ({ deps, sign }, statement) => [deps, { ...ASKED, person: 'grace' }, { statement, signature: sign(statement) }],
    ],
    [
      'somebody who was disabled meanwhile',
      'personDisabled',
      (here, statement) => {
        here.house.people = here.house.people.map((one) => (one.id === 'ada' ? { ...one, disabled: true } : one));
        return [here.deps, ASKED, { statement, signature: here.sign(statement) }];
      },
    ],
    [
      'somebody whom the rule names no more',
      'glassNotSet',
      ({ deps, sign }, statement) => {
        const later = { ...deps, rules: { ...deps.rules, breakGlass: [] } };
        return [later, ASKED, { statement, signature: sign(statement) }];
      },
    ],
  ])('refuses %s', async (_, code, how) => {
    const here = keyWorld();
    const { statement } = await toSign(here.deps, ASKED);
    expect(await refused(breakSigned(...how(here, statement)))).toBe(code);
    expect(await here.deps.store.live(9)).toEqual([]);
    const [entry] = entriesOf(here.audit);
    expect(entry).toMatchObject({ event: 'break glass', outcome: 'refused', code });
  });

  it('refuses the same signature a second time, also when both come at once', async () => {
    const { deps, sign } = keyWorld();
    const { statement } = await toSign(deps, ASKED);
    const signed = { statement, signature: sign(statement) };
    const both = await Promise.all([1, 2].map(() => refused(breakSigned(deps, ASKED, signed))));
    expect(both.toSorted()).toEqual(['signatureUsed', undefined]);
    expect(await refused(breakSigned(deps, ASKED, signed))).toBe('signatureUsed');
    expect(await deps.store.live(9)).toHaveLength(1);
  });

  it('is refused before anything is signed for whoever has no key', async () => {
    const { deps } = keyWorld();
    expect(await refused(toSign(deps, { ...ASKED, person: 'lin' }))).toBe('noGlassKeys');
  });
});

describe('who may, while no directory answers', () => {
  it('is known from what was kept on this computer, for so long as that counts', async () => {
    const { deps, away, sign, clock, opens } = keyWorld();
    await keepSnapshot(deps);
    away.is = true;
    clock.advance(23 * HOUR);
    const { statement } = await toSign(deps, ASKED);
    const { id } = await breakSigned(deps, ASKED, { statement, signature: sign(statement) });
    await converge(deps, MACHINE.id, NEVER);
    expect((await deps.store.load(id)).request).toMatchObject({ status: 'active' });
    expect(opens()).toBe(1);
    clock.advance(2 * HOUR);
    expect(await refused(toSign(deps, ASKED))).toBe('snapshotOld');
  });

  it('is not known where nothing was kept', async () => {
    const { deps, away } = keyWorld();
    away.is = true;
    expect(await refused(toSign(deps, ASKED))).toBe('directoryAway');
    await keepSnapshot(deps).catch(() => undefined);
    expect(await refused(toSign(deps, ASKED))).toBe('directoryAway');
  });

  it('is not whoever was disabled when it was kept', async () => {
    const { deps, away, house } = keyWorld();
    house.people = [{ ...ADA, disabled: true }];
    await keepSnapshot(deps);
    away.is = true;
    expect(await refused(toSign(deps, ASKED))).toBe('personDisabled');
  });
});
