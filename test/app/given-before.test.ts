import { expect, it } from 'vitest';
import { compare } from '../../src/app/loops/compare.ts';
import { submit } from '../../src/app/request/submit.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Report } from '../../src/core/view/report.ts';
import type { BrowserRoom, Linking } from '../../src/ports/browser-room.ts';
import { memoryAccountLinks } from '../memory/account-links.ts';
import { memoryDelegations } from '../memory/delegations.ts';
import { memoryRuleRecords } from '../memory/rule-records.ts';
import { ASK } from './approved.ts';
import { entriesOf } from './audited.ts';
import { ADA, GRACE, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;
const LINK = { slack: 'U9', entra: 'e1', name: 'Grace', at: 1 };

/** A house in which people gave something, and whose store can be made what it was. */
async function house() {
  const made = world();
  const [delegations, links, ruleRecords] = [memoryDelegations(), memoryAccountLinks(), memoryRuleRecords()];
  const browser = { linking: { links } as unknown as Linking } as BrowserRoom;
  const told: string[] = [];
  const tell = async ({ title, sections }: Report) =>
    void told.push([phrased(title), ...sections.flatMap(({ rows }) => rows.map(({ line }) => plain(line)))].join(' '));
  const chats = new Map([['slack' as const, Object.assign(made.chat, { tell })]]);
  const rules = { ...made.deps.rules, operators: [{ chat: 'slack', kind: 'channel', id: 'COPS' }] as const };
  const deps = { ...made.deps, chats, rules, delegations, browser, ruleRecords };
  await delegations.keep({
    from: { id: GRACE.id, name: 'Grace' },
    to: { id: ADA.id, name: 'Ada' },
    since: 0,
    until: 9e15,
  });
  await links.keep(LINK);
  await ruleRecords.propose({ code: 'abc', text: '', at: 1, differences: [] });
  await ruleRecords.agree('abc', GRACE);
  const store = deps.store as unknown as { snapshot(): () => void; doubt(): void };
  return {
    ...made,
    deps,
    delegations,
    links,
    ruleRecords,
    told,
    snapshot: () => store.snapshot(),
    doubt: () => store.doubt(),
  };
}

it('what people gave, and may have ended in what the store lost, counts no more, and people are told', async () => {
  const { deps, snapshot, delegations, links, ruleRecords, told, audit } = await house();
  const back = snapshot();
  await submit(deps, ADA, ASK, SENDER);
  back();
  await compare(deps, never);
  expect([await delegations.all(), await links.all(), await ruleRecords.proposed()]).toEqual([[], [], undefined]);
  expect(told.at(-1)).toContain('1 delegation ended: whoever wants one types `/jit delegate` again.');
  expect(told.at(-1)).toContain('1 link of Slack accounts ended: their owners type `/jit link` again.');
  expect(told.at(-1)).toContain('The changed rules that waited for their owners wait no more');
  expect(told.join()).toContain('Your delegation has ended');
  const why = entriesOf(audit).map((entry) => `${entry.event}: ${entry.why}`);
  expect(why).toContain(`end delegation: ${ADA.id} decides for ${GRACE.id} no more: Redis went back in time`);
  expect(why).toContain('unlink: the Slack account U9 and the account e1 of Entra: Redis went back in time');
});

it('a store that was only away keeps what people gave', async () => {
  const { deps, doubt, delegations, links, ruleRecords } = await house();
  doubt();
  await compare(deps, never);
  expect([await delegations.all(), await links.all(), await ruleRecords.proposed()]).toMatchObject([
    [{}],
    [LINK],
    { code: 'abc' },
  ]);
});
