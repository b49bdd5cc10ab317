import { describe, expect, it } from 'vitest';
import { JitError } from '../../src/core/errors/errors.ts';
import { DAY_MS } from '../../src/core/language/instant.ts';
import { CONSENT_MS } from '../../src/core/policy/consent.ts';
import { approved } from './approved.ts';
import { MACHINE } from './fixtures.ts';
import { house, machine, texts } from './locking.ts';

describe('what the configuration wants locked down', () => {
  it('is shown first, to the places of its entry alone, and once', async () => {
    const { patrol, restart, told, places, closed, code, audited } = house({ 1: ['wizard'], 2: [] });
    await patrol();
    expect(told).toEqual([
      [
        'Lock down web-1?',
        '`fleet` in the configuration wants these ports closed to standing rules. Nothing was closed yet. After somebody agreed, Drawbridge closes exactly this.',
        'Machines (1)',
        'web-1 (AWS, eu-west-1): 22. Open now: 22 to 0.0.0.0/0 through wizard.',
        'Will be closed (1)',
        'group wizard: 22 from 0.0.0.0/0 goes.',
        `To agree, type \`/jit consent confirm ${code()}\`. The old rules are recorded; \`restore\` shows them, and puts them back.`,
      ].join(' / '),
    ]);
    expect(places).toEqual(['CSEC']);
    await patrol();
    restart();
    await patrol();
    expect(told).toHaveLength(1);
    expect(closed).toEqual([]);
    expect(audited()).toEqual(['consent shown configuration patrol protections: fleet']);
  });

  it('is closed after somebody agreed, also by another process, told and audited; then there is nothing more to do', async () => {
    const { patrol, restart, agree, closed, told, places, code, audited, planned, deps } = house({ 1: ['wizard'] });
    await patrol();
    const page = code();
    expect(texts(await agree())).toEqual([
      `Grace agreed to close what page \`${page}\` shows for web-1, as \`fleet\` in the configuration wants. Drawbridge closes it at one of its next patrols, a machine in use when nobody has access to it.`,
    ]);
    expect(closed).toEqual([]);
    restart();
    await patrol();
    expect(closed).toEqual(['wizard']);
    expect(told.at(-1)).toBe(
      `Locked down, as the configuration says / Locked down (1) / web-1 (AWS, eu-west-1): 22, by \`fleet\`, as page \`${page}\` showed. \`/jit restore web-1\` shows what can be put back.`,
    );
    expect(places.filter((id) => id === 'C1')).toHaveLength(1);
    expect(audited().slice(1)).toEqual([
      `consent done grace protector agreed to page ${page} of protections: fleet`,
      `lock down begun configuration patrol protections: fleet; agreed to on page ${page}`,
      `lock down done configuration patrol protections: fleet; agreed to on page ${page}`,
    ]);
    expect(await deps.records.pages()).toEqual([]);
    const [before, entries] = [told.length, audited().length];
    planned.length = 0;
    await patrol();
    expect([told.length, audited().length, planned.length]).toEqual([before, entries, 1]);
  });

  it('that is opened again is asked again: an agreement is good for one time', async () => {
    const { patrol, agree, closed, told, open } = house({ 1: ['wizard'] });
    await patrol();
    await agree();
    await patrol();
    open.get(machine(1).id)?.add('wizard');
    await patrol();
    await patrol();
    expect(closed).toEqual(['wizard']);
    expect(told.filter((text) => text.startsWith('Lock down web-1?'))).toHaveLength(2);
  });

  it('with something new on it is not closed before that was seen as well', async () => {
    const { patrol, agree, closed, told, open, code } = house({ 1: ['wizard'] });
    await patrol();
    const first = code();
    await agree();
    open.get(machine(1).id)?.add('other');
    await patrol();
    expect(closed).toEqual([]);
    expect(code()).not.toBe(first);
    expect(told.at(-1)).toMatch(/group wizard: .* \/ group other: /);
    await agree();
    await patrol();
    expect(closed).toEqual(['wizard', 'other']);
  });

  it('is not closed when it is for somebody else too by now', async () => {
    const { patrol, agree, closed, open, cloud, told } = house({ 1: ['shared'] });
    await patrol();
    await agree();
    cloud.machineList = [machine(1), machine(2)];
    open.set(machine(2).id, new Set(['shared']));
    await patrol();
    expect(closed).toEqual([]);
    expect(told.at(-1)).toMatch(/Lock down 2 machines\?/);
  });

  it('is at most ten machines at a patrol, to ask about and to close', async () => {
    const { patrol, agree, closed, told } = house(
      Object.fromEntries(Array.from({ length: 23 }, (_, n) => [n, [`g${n}`]])),
    );
    await patrol();
    expect(told.at(-1)).toMatch(/^Lock down 10 machines\?/);
    await agree();
    await patrol();
    expect(closed).toHaveLength(10);
    await patrol();
    expect(told.filter((text) => text.startsWith('Lock down'))).toHaveLength(2);
    await agree();
    await patrol();
    await patrol();
    await agree();
    await patrol();
    expect(new Set(closed).size).toBe(23);
  });

  it('waits while somebody has access, and is closed afterwards', async () => {
    const leased = await approved();
    const made = house({ 1: ['wizard'] }, leased);
    made.cloud.machineList = [{ ...machine(1), id: MACHINE.id, name: 'api-1' }];
    made.open.set(MACHINE.id, new Set(['wizard']));
    await made.patrol();
    await made.agree();
    await made.patrol();
    expect(made.closed).toEqual([]);
    expect(made.audited().filter((text) => text.startsWith('lock down'))).toEqual([]);
    await leased.converge();
    leased.clock.advance(3_700_000);
    await leased.converge();
    await made.patrol();
    expect(made.closed).toEqual(['wizard']);
  });

  it('that cannot be closed is told once, and tried again a day later', async () => {
    const { patrol, agree, closed, told, refusals, clock } = house({ 1: ['wizard'] });
    await patrol();
    await agree();
    refusals.push(new JitError('cannotClose', { machine: 'web-1' }));
    await patrol();
    expect(told.at(-1)).toMatch(
      /^Not as the configuration says \/ Could not be locked down \(1\) \/ web-1 .*not said again/,
    );
    const before = told.length;
    await patrol();
    expect([closed, told.length]).toEqual([[], before]);
    clock.advance(DAY_MS);
    await patrol();
    expect(closed).toEqual(['wizard']);
  });

  it('that Redis forgot, the agreement too, is shown and asked again; nothing is closed meanwhile', async () => {
    const { patrol, agree, closed, told, code, deps } = house({ 1: ['wizard'] });
    await patrol();
    await agree();
    await deps.records.dropPage(code());
    await patrol();
    await patrol();
    const shown = told.filter((text) => text.startsWith('Lock down web-1?'));
    expect([closed, shown.length, (await deps.records.pages()).map(({ agreed }) => agreed)]).toEqual([
      [],
      2,
      [undefined],
    ]);
    await agree();
    await patrol();
    expect(closed).toEqual(['wizard']);
  });

  it('that no place was told of was shown to nobody, and is asked again', async () => {
    const { patrol, chat, told, deps } = house({ 1: ['wizard'] });
    const { tell } = chat as unknown as { readonly tell: unknown };
    Object.assign(chat, { tell: async () => Promise.reject(new Error('away')) });
    await patrol();
    expect(await deps.records.pages()).toEqual([]);
    Object.assign(chat, { tell });
    await patrol();
    expect(told).toHaveLength(1);
  });

  it('that nobody answers is asked again after a week; what went meanwhile is not', async () => {
    const { patrol, told, clock, open } = house({ 1: ['wizard'], 2: ['other'] });
    await patrol();
    clock.advance(CONSENT_MS);
    open.get(machine(2).id)?.clear();
    await patrol();
    expect(told.map((text) => text.split(' / ')[0])).toEqual(['Lock down 2 machines?', 'Lock down web-1?']);
  });
});
