import { describe, expect, it } from 'vitest';
import { consent } from '../../src/app/protect/consent.ts';
import { ADA, HOST, inSlack } from './fixtures.ts';
import { house, machine, texts } from './locking.ts';

describe('agreeing to it', () => {
  it('is for protectors, and for whoever has the shell', async () => {
    const { patrol, agree, code, audited, deps } = house({ 1: ['wizard'] });
    await patrol();
    await expect(agree(code(), inSlack(ADA))).rejects.toMatchObject({ code: 'notProtector' });
    expect(audited().at(-1)).toBe('consent refused ada protector notProtector');
    expect((await deps.records.pages())[0]).not.toHaveProperty('agreed');
    await consent(deps, { code: code(), confirm: true }, HOST);
    expect((await deps.records.pages())[0]?.agreed?.by).toBe('root on bastion');
  });

  it('takes the code of a page that waits', async () => {
    const { patrol, agree, code } = house({ 1: ['wizard'] });
    await patrol();
    await expect(agree('000000000000')).rejects.toMatchObject({ code: 'unknownPage' });
    const page = code();
    await agree(page.toUpperCase());
    expect(texts(await agree(page))[0]).toMatch(/^Grace agreed to it .* already\.$/);
    await patrol();
    await expect(agree(page)).rejects.toMatchObject({ code: 'unknownPage' });
  });

  it('of a page that changed meanwhile is no agreement: the new one is shown', async () => {
    const { patrol, agree, code, open, closed, deps } = house({ 1: ['wizard'] });
    await patrol();
    const old = code();
    open.get(machine(1).id)?.add('other');
    const shown = texts(await agree());
    expect(shown.slice(0, 2)).toEqual([
      'Lock down web-1?',
      'Something has changed since this was shown. Check it again.',
    ]);
    expect((await deps.records.pages()).filter(({ agreed }) => agreed)).toEqual([]);
    await patrol();
    expect(closed).toEqual([]);
    const [, now = ''] = /confirm ([0-9a-f]{12})/.exec(shown.join(' ')) ?? [];
    expect(now).not.toBe(old);
    await agree(now);
    await patrol();
    expect(closed).toEqual(['wizard', 'other']);
  });

  it('of what is gone says so, and forgets the page', async () => {
    const { patrol, code, cloud, deps, agree } = house({ 1: ['wizard'] });
    await patrol();
    const page = code();
    cloud.unread = ['eu-west-1'];
    cloud.machineList = [];
    await expect(agree(page)).rejects.toMatchObject({ code: 'machineNotRead' });
    cloud.unread = [];
    expect(texts(await agree(page))).toEqual(['Nothing that this page showed is open to standing rules any more.']);
    expect(await deps.records.pages()).toEqual([]);
  });

  it('shows a page, and lists all of them, without agreeing', async () => {
    const { patrol, code, deps, closed } = house({ 1: ['wizard'], 2: ['other'] });
    expect(texts(await consent(deps, {}, HOST))).toEqual(['Nothing waits for consent']);
    await patrol();
    const list = texts(await consent(deps, {}, HOST));
    expect(list[1]).toBe(`\`${code()}\`: web-1, web-2, by \`fleet\`, since 12:00 UTC.`);
    expect(texts(await consent(deps, { code: code() }, HOST))[0]).toBe('Lock down 2 machines?');
    await patrol();
    expect(closed).toEqual([]);
    await consent(deps, { code: code(), confirm: true }, HOST);
    expect(texts(await consent(deps, {}, HOST))[1]).toMatch(/^`.*`: web-1, web-2, by `fleet`; root on bastion agreed /);
  });
});
