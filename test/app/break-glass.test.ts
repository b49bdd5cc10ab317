import { describe, expect, it } from 'vitest';
import { breakGlass } from '../../src/app/glass/break.ts';
import { listFor } from '../../src/app/inbox/queries.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { revoke } from '../../src/app/request/end.ts';
import { extend } from '../../src/app/request/extend.ts';
import { notify } from '../../src/app/request/notify.ts';
import { submit } from '../../src/app/request/submit.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import type { Ask } from '../../src/core/language/command.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { ASK } from './approved.ts';
import { entriesOf } from './audited.ts';
import { ADA, GRACE, MACHINE, SENDER } from './fixtures.ts';
import { GLASS_ASK, glassWorld, LIN, SAM } from './glass-fixtures.ts';

const NEVER = new AbortController().signal;

describe('breaking glass', () => {
  it('shows who is told, then opens at once, without an approval, and tells them', async () => {
    const { deps, page, broken, cloud, queue } = glassWorld();
    const shown = await page();
    const text = shown.sections.flatMap(({ rows }) => rows.map(({ line }) => plain(line))).join('\n');
    expect(text).toContain('Told at once: Grace, Lin and Sam in person, and 2 channels.');
    expect(text).toContain('Reason: “the shop is down”');
    expect(await deps.store.live(10)).toEqual([]);
    const request = await broken();
    expect(request).toMatchObject({ status: 'activating', policies: ['incidents'], breakGlass: {}, reviews: [] });
    expect(request.places).toEqual([
      { chat: 'slack', kind: 'private', id: 'U1' },
      { chat: 'slack', kind: 'channel', id: 'CGLASS' },
      { chat: 'slack', kind: 'channel', id: 'COPS' },
      ...['U2', 'U3', 'U4'].map((id) => ({ chat: 'slack', kind: 'private', id })),
    ]);
    expect(queue.waiting).toContainEqual(
      expect.objectContaining({ kind: 'converge', machine: MACHINE.id, urgency: 'open' }),
    );
    // Nobody waits for the cloud to hear of it.
    expect(queue.waiting).toContainEqual({ id: expect.any(String), kind: 'notify', request: request.id });
    await converge(deps, MACHINE.id, NEVER);
    expect((await deps.store.load(request.id)).request).toMatchObject({ status: 'active' });
    expect(cloud.rules.size).toBe(1);
  });

  it('has its own words, colour and buttons', async () => {
    const { broken, deps } = glassWorld();
    const { id } = await broken();
    const { request } = await deps.store.load(id);
    if (!request) throw new Error('it is not there');
    const view = viewOf(request);
    expect(view).toMatchObject({
      tone: 'glass',
      title: 'Break-glass access to api-1: opening',
      announce: 'glass-broken',
    });
    expect(plain(view.headline)).toMatch(
      /^BREAK-GLASS: Ada opens api-1 \(AWS\): .* Nobody approved this\. A review is due within 3 d 1 h\./,
    );
    await converge(deps, MACHINE.id, NEVER);
    const open = (await deps.store.load(id)).request;
    expect(open && viewOf(open).buttons.map(({ verb }) => verb)).toEqual(['why', 'revoke']);
    expect(open && plain(viewOf(open).headline)).toMatch(
      /^BREAK-GLASS: Ada: api-1 is open: .*\. Reason: “the shop is down” Nobody approved this\./,
    );
  });

  it('is in the audit as its own event, the page and refusals too', async () => {
    const { page, broken, deps, audit } = glassWorld();
    await page();
    await broken();
    await breakGlass(deps, LIN, GLASS_ASK, { ...SENDER, key: 'k9' }).catch(() => undefined);
    const events = entriesOf(audit).map(({ event, outcome, as, code }) => [event, outcome, as, code].join(' ').trim());
    expect(events).toEqual([
      'break glass shown requester',
      'break glass shown requester',
      'broke glass done requester',
      'break glass refused requester noBreakGlass',
    ]);
  });

  it.each<[string, Person, Partial<Ask>, string]>([
    ['somebody whom no rule names', LIN, {}, 'noBreakGlass'],
    ['a port of no rule', ADA, { ports: [{ number: 3389, protocol: 'tcp' }] }, 'policyPort'],
    ['more time than the rule allows', ADA, { forMs: 3 * 3_600_000 }, 'policyDuration'],
    ['less time than there may be', ADA, { forMs: 60_000 }, 'tooShort'],
    ['a wide source', ADA, { source: '203.0.113.0/24' }, 'policySource'],
    ['an unknown machine', ADA, { machine: 'api-9' }, 'unknownMachine'],
  ])('is refused for %s', async (_, person, patch, code) => {
    const { deps } = glassWorld();
    const asking = breakGlass(deps, person, { ...GLASS_ASK, ...patch }, SENDER);
    await expect(asking).rejects.toMatchObject({ code });
    expect(await deps.store.live(10)).toEqual([]);
  });

  it('is refused where no rule allows it at all', async () => {
    const { deps } = glassWorld();
    const { breakGlass: _, ...rules } = deps.rules;
    await expect(breakGlass({ ...deps, rules }, ADA, GLASS_ASK, SENDER)).rejects.toMatchObject({ code: 'glassNotSet' });
  });

  it('does what no policy that refuses can stop, and what floods cannot hold up', async () => {
    const { deps, broken } = glassWorld();
    const floods = { person: 1, machine: 1, all: 1 };
    const refusals = [{ name: 'frozen', machines: { names: ['*'], tags: {} }, reason: 'Freeze' }];
    const here = { ...deps, rules: { ...deps.rules, floods } };
    await submit(here, ADA, ASK, { ...SENDER, key: 'first' });
    const frozen = { ...here, rules: { ...here.rules, refusals } };
    await expect(submit(frozen, ADA, ASK, { ...SENDER, key: 'second' })).rejects.toThrow();
    const { id } = await broken(frozen);
    await converge(frozen, MACHINE.id, NEVER);
    expect((await deps.store.load(id)).request).toMatchObject({ status: 'active' });
    expect((await listFor(frozen, ADA)).map((one) => one.breakGlass !== undefined)).toEqual([true, false]);
  });

  it('is judged again before it opens: whoever lost the right meanwhile opens nothing', async () => {
    const { deps, broken, cloud } = glassWorld();
    const { id } = await broken();
    const later = { ...deps, rules: { ...deps.rules, breakGlass: [] } };
    await converge(later, MACHINE.id, NEVER);
    expect(cloud.calls.filter((call) => call.startsWith('open'))).toEqual([]);
    expect((await deps.store.load(id)).request).toMatchObject({ ending: { why: 'failed' } });
  });

  it('waits where the cloud cannot tell, and opens nothing until it can', async () => {
    const { deps, page, cloud } = glassWorld();
    const { look } = cloud;
    cloud.look = () => Promise.reject(Object.assign(new Error('late'), { name: 'TimeoutError' }));
    await expect(page()).rejects.toThrow();
    cloud.look = look;
    expect(await deps.store.live(10)).toEqual([]);
  });

  it('is not extended, and everybody who was told in person can close it', async () => {
    const { deps, broken } = glassWorld();
    const { id } = await broken();
    await converge(deps, MACHINE.id, NEVER);
    await expect(extend(deps, ADA, id)).rejects.toMatchObject({ code: 'glassNotExtended' });
    await expect(revoke(deps, { ...ADA, id: 'eve', name: 'Eve' }, id)).rejects.toMatchObject({
      code: 'notCloser',
      hint: 'Ada, whoever was told in person, and people of `security` may.',
    });
    expect(await revoke(deps, GRACE, id)).toMatchObject({ status: 'closing' });
  });

  it('asks again where something else is meant than was shown', async () => {
    const { deps, code } = glassWorld();
    const other = { ...GLASS_ASK, justification: 'nothing at all', confirm: await code() };
    const done = await breakGlass(deps, ADA, other, SENDER);
    expect('page' in done && JSON.stringify(done.page)).toContain('This is not what was shown before.');
    expect(await deps.store.live(10)).toEqual([]);
  });

  it('opens once where the button is pressed twice', async () => {
    const { deps, broken } = glassWorld();
    expect((await broken()).id).toBe((await broken(deps, 'k2')).id);
  });

  it('is once for the same delivery', async () => {
    const { deps, broken } = glassWorld();
    expect((await broken()).id).toBe((await broken()).id);
    expect(await deps.store.live(10)).toHaveLength(1);
  });

  it('opens while a chat is silent, which is told as soon as it answers', async () => {
    const { deps, broken, chat, cloud } = glassWorld();
    const { id, places } = await broken();
    chat.failures = Array.from({ length: 99 }, () => new JitError('chatSilent', { chat: 'Slack' }));
    await notify(deps, id, NEVER).catch(() => undefined);
    await converge(deps, MACHINE.id, NEVER);
    expect(cloud.rules.size).toBe(1);
    chat.failures = [];
    chat.shown.length = 0;
    await notify(deps, id, NEVER);
    expect(chat.shown.map(({ place }) => place.id).sort()).toEqual(places.map((place) => place.id).sort());
  });

  it('tells in person whoever can be told, and is held up by nobody who cannot', async () => {
    const { deps, broken, log } = glassWorld();
    const directory = {
      ...deps.directory,
      members: () => Promise.reject(new Error('the directory is away')),
    };
    const { asked, places } = await broken({ ...deps, directory });
    expect(asked.map(({ id }) => id)).toEqual(['grace', SAM.id]);
    expect(places.flatMap(({ kind, id }) => (kind === 'channel' ? [id] : []))).toEqual(['CGLASS', 'COPS']);
    expect(log).not.toEqual([]);
  });
});
