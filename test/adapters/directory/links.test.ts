import { describe, expect, it } from 'vitest';
import { type LinkOptions, Links } from '../../../adapters/directory/links.ts';
import type { Account, Accounts } from '../../../src/ports/accounts.ts';

const [ADA, SAM] = ['a1a1a1a1-0000-4000-8000-000000000001', 'a3a3a3a3-0000-4000-8000-000000000003'];
const account = (id: string, more: Partial<Account> = {}): Account => ({
  id,
  name: id,
  disabled: false,
  guest: false,
  groups: [],
  ...more,
});

function accounts(from: Accounts['from'], ...all: readonly Account[]): Accounts {
  return {
    from,
    account: async (id) => all.find((one) => one.id === id),
    byMail: async (mail) => all.find((one) => one.mail === mail),
    members: async () => [],
  };
}

const entra = accounts('entra', account(ADA, { mail: 'ada@example.com' }), account(SAM, { mail: 'sam@example.com' }));
const slack = accounts(
  'slack',
  account('U1', { mail: 'ada@example.com' }),
  account('U2', { mail: 'ada@example.com', guest: true }),
  account('U3', { mail: 'sam@elsewhere.example' }),
  account('U4'),
);
const links = (more: Partial<LinkOptions> = {}) =>
  new Links({ people: [], map: new Map(), mailDomains: [], entra, slack, ...more });

describe('a Slack account', () => {
  it('is nobody’s unless something links it', async () => {
    expect(await links().ofSlack('U1')).toBeUndefined();
  });

  it('is linked by the map, and by an entry of the file', async () => {
    const map = new Map([['U1', ADA]]);
    expect(await links({ map }).ofSlack('U1')).toEqual({ entra: ADA, slack: 'U1' });
    expect(links({ map }).ofEntra(ADA)).toEqual({ entra: ADA, slack: 'U1' });
    const file = { id: 'ada', name: 'Ada', slack: 'U1', groups: [] };
    expect(await links({ map, people: [file] }).ofSlack('U1')).toEqual({ file, entra: ADA, slack: 'U1' });
    expect(links({ map, people: [file] }).ofId('ada')).toEqual({ file, entra: ADA, slack: 'U1' });
  });

  it.each([
    ['U1', { entra: ADA, slack: 'U1' }],
    // A guest, another domain, no address.
    ['U2', undefined],
    ['U3', undefined],
    ['U4', undefined],
    ['U9', undefined],
  ])('%s is linked by its address where that is switched on: %j', async (id, linked) => {
    expect(await links({ mailDomains: ['example.com'] }).ofSlack(id)).toEqual(linked);
  });

  it('is not linked to a guest of the tenant', async () => {
    const guests = accounts('entra', account(ADA, { mail: 'ada@example.com', guest: true }));
    expect(await links({ mailDomains: ['example.com'], entra: guests }).ofSlack('U1')).toBeUndefined();
  });

  it('is a person by itself where Slack is the only directory', async () => {
    const { entra: _, ...alone } = { people: [], map: new Map<string, string>(), mailDomains: [], entra, slack };
    expect(await new Links(alone).ofSlack('U4')).toEqual({ slack: 'U4' });
    expect(new Links(alone).ofId('U4')).toEqual({ slack: 'U4' });
  });
});

describe('a link that its owner made', () => {
  const link = (slackId: string, entraId: string) => ({ slack: slackId, entra: entraId, name: 'Ada', at: 1 });
  const keptAs = (...all: readonly ReturnType<typeof link>[]) => ({
    ofSlack: async (id: string) => all.find((one) => one.slack === id),
    ofEntra: async (id: string) => all.find((one) => one.entra === id),
  });

  it('is found both ways, and known without asking from then on', async () => {
    const own = links({ kept: keptAs(link('U4', ADA)) });
    expect(own.quietly('slack', 'U4')).toEqual({ slack: 'U4' });
    expect(await own.ofSlack('U4')).toEqual({ entra: ADA, slack: 'U4', isByOwner: true });
    expect(await own.whole(own.ofEntra(ADA))).toEqual({ entra: ADA, slack: 'U4', isByOwner: true });
    expect(own.quietly('slack', 'U4')).toEqual({ entra: ADA });
  });

  it('gives way to what the file says', async () => {
    const kept = keptAs(link('U1', SAM));
    expect(await links({ kept, map: new Map([['U1', ADA]]) }).ofSlack('U1')).toEqual({ entra: ADA, slack: 'U1' });
    const people = [{ id: 'ada', name: 'Ada', slack: 'U1', entra: ADA, groups: [] }];
    const own = links({ kept, people });
    expect(await own.ofSlack('U1')).toMatchObject({ entra: ADA });
    // Whom the link names has no Slack account by it: it is somebody else's.
    expect(await own.whole(own.ofEntra(SAM))).toEqual({ entra: SAM });
  });

  it('beside another account in the file stops that human', async () => {
    const people = [{ id: 'ada', name: 'Ada', slack: 'U7', entra: ADA, groups: [] }];
    await expect(links({ people, kept: keptAs(link('U1', ADA)) }).ofSlack('U1')).rejects.toMatchObject({
      code: 'personTwice',
    });
  });

  it('goes before an e-mail address', async () => {
    const mailDomains = ['example.com'];
    expect(await links({ mailDomains, kept: keptAs(link('U1', SAM)) }).ofSlack('U1')).toMatchObject({ entra: SAM });
    const own = links({ mailDomains, kept: keptAs(link('U1', SAM)) });
    expect(await own.slackOf({ mail: 'ada@example.com', guest: false })).toBeUndefined();
  });
});

describe('two records of one human', () => {
  const twice = (options: Partial<LinkOptions>) => links({ mailDomains: ['example.com'], ...options });

  it('stop that human, and nobody else', async () => {
    const people = [
      { id: 'ada', name: 'Ada', slack: 'U7', entra: ADA, groups: [] },
      { id: 'sam', name: 'Sam', slack: 'U4', entra: SAM, groups: [] },
    ];
    // By its address U1 is Ada, whom the file knows by another account.
    await expect(twice({ people }).ofSlack('U1')).rejects.toMatchObject({
      code: 'personTwice',
      say: 'The accounts of Ada contradict each other: U1 and U7 are two Slack accounts of one account of Entra.',
    });
    expect(await twice({ people }).ofSlack('U4')).toMatchObject({ entra: SAM });
  });

  it('are found where the file and the map disagree, and where two entries meet', () => {
    const ada = { id: 'ada', name: 'Ada', slack: 'U1', entra: ADA, groups: [] };
    const other = twice({ people: [ada], map: new Map([['U1', SAM]]) });
    expect(() => other.ofId('ada')).toThrow('contradict');
    expect(other.quietly('id', 'ada')).toBeUndefined();
    const half = { id: 'half', name: 'Half', slack: 'U8', groups: [] };
    const meet = twice({ people: [ada, half], map: new Map([['U8', ADA]]) });
    expect(() => meet.ofId('half')).toThrow('two entries name accounts of one human');
    expect(meet.ofId('ada')).toMatchObject({ file: ada });
  });
});
