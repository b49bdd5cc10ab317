import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { houseRules } from '../../src/config/house.ts';
import { ticketsOf } from '../../src/core/policy/needs.ts';
import { configOf, edited, faultsOf, SMALL } from './files.ts';

const PAGE = readFileSync(new URL('../../docs/tickets.md', import.meta.url), 'utf8');
const EXAMPLES = [...PAGE.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml);
const HOUSE = SMALL.slice(0, SMALL.indexOf('policies:'));

describe('the examples of docs/tickets.md', () => {
  it.each(EXAMPLES)('have no faults, and find the ticket', (yaml) => {
    const text = HOUSE + yaml;
    expect(faultsOf(text)).toEqual([]);
    const { policies } = houseRules(configOf(text));
    expect(ticketsOf(policies, 'deploy, see INC-4711, or INC0010001.')).toHaveLength(1);
  });

  it('are there', () => {
    expect(EXAMPLES).toHaveLength(2);
  });
});

describe('ticket systems', () => {
  const system =
    'tickets: { jira: { url: "https://a.example/{ticket}", state: status, open: [new], closed: [done] } }\n';
  const asks = 'because: { ticket: "^INC", check: jira }';

  it.each<[string, string, string, readonly string[]]>([
    ['are right', 'jira }', 'jira }', []],
    [
      'are there',
      'check: jira',
      'check: jirra',
      ['policies[0].because.check: no ticket system is called jirra; did you mean jira? (line 13)'],
    ],
    [
      'go with a ticket',
      'ticket: "^INC", ',
      '',
      ['policies[0].because.check: needs ticket: which word of the reason is one (line 13)'],
    ],
    [
      'have a URL with the ticket',
      '/{ticket}',
      '/',
      ['tickets.jira.url: must be a URL with {ticket} in its path or query (line 14)'],
    ],
    [
      'have a host that is fixed',
      'a.example/{ticket}',
      '{ticket}.example/',
      ['tickets.jira.url: must be a URL with {ticket} in its path or query (line 14)'],
    ],
    [
      'have a path',
      'state: status',
      'state: "a..b"',
      ['tickets.jira.state: must be a path such as fields.status.statusCategory.key or result.0.state (line 14)'],
    ],
    ['have states', 'closed: [done]', 'closed: []', ['tickets.jira.closed: must not be empty (line 14)']],
  ])('%s', (_, part, by, faults) => {
    const text = edited(SMALL, '    tell: [ops]\n', `    ${asks}\n`) + system;
    expect(faultsOf(edited(text, part, by))).toEqual(faults);
  });
});
