import { describe, expect, it } from 'vitest';
import { expectedText, isAsExpected, readExpectations } from '../../src/config/expectations.ts';
import { configOf, SMALL } from './files.ts';

const CONFIG = configOf(`${SMALL}sources: { vpn: [10.8.0.0/24] }\n`);
const read = (text: string) => readExpectations(text, CONFIG);
const faultsIn = (text: string) => {
  const given = read(text);
  return 'faults' in given ? given.faults : [];
};
const test = (more: string) =>
  `tests:\n  - { who: ada, machine: web, port: ssh, from: vpn, expect: allowed, ${more} }\n`;
const MACHINES = 'machines: { web: { tags: { env: prod } } }\n';

describe('expectations', () => {
  it('are read, with the people of the file and those of the configuration', () => {
    const people = 'people: [{ id: eve, manager: ada, groups: [group:engineers, entra:sre], department: Sales }]\n';
    const given = read(
      MACHINES + people + test('at: 2026-03-16 10:00, for: 2h').replace('ada, machine', 'eve, machine'),
    );
    if ('faults' in given) throw new Error(given.faults.join());
    expect(given.people.map(({ id }) => id)).toEqual(['ada', 'grace', 'eve']);
    expect(given.expectations).toMatchObject([
      {
        requester: {
          id: 'eve',
          manager: 'ada',
          groups: ['engineers', 'group:engineers', 'entra:sre'],
          attributes: { department: 'Sales' },
        },
        machine: { id: 'aws:123456789012:eu-west-1:i-00000000', name: 'web', tags: { env: 'prod' } },
        ports: [{ number: 22 }],
        at: Date.UTC(2026, 2, 16, 10),
        forMs: 7_200_000,
        line: 4,
      },
    ]);
  });

  it.each<[string, string, readonly string[]]>([
    [
      'nobody',
      MACHINES + test('').replace('ada', 'adda'),
      ['tests[0].who: no person has the id adda; did you mean ada? (line 3)'],
    ],
    [
      'no machine',
      MACHINES + test('').replace('web, port', 'wed, port'),
      ['tests[0].machine: no machines are called wed; did you mean web? (line 3)'],
    ],
    [
      'no source',
      MACHINES + test('').replace('vpn', 'vpm'),
      ['tests[0].from: no source is called vpm, and it is no address or prefix; did you mean vpn? (line 3)'],
    ],
    [
      'a source that is two',
      MACHINES + test('').replace('vpn', '10.8.0.7/24'),
      ['tests[0].from: 10.8.0.7/24 can be read in two ways: write 10.8.0.7 for one address, or 10.8.0.0/24 (line 3)'],
    ],
    [
      'no code',
      MACHINES + test('').replace('allowed', '{ refused: noPolice }'),
      [
        'tests[0].expect.refused: must be the code of an error, as docs/errors.md lists them; did you mean noPolicy? (line 3)',
      ],
    ],
    [
      'both',
      MACHINES + test('').replace('allowed', '{ refused: noPolicy, policy: one }'),
      ['tests[0].expect: cannot expect refused together with policy or needs (line 3)'],
    ],
    ['no setting', MACHINES + test('prot: 22'), ['tests[0].prot: is not a setting here; did you mean port? (line 3)']],
    ['a tag', 'tests: !x []\n', ['the file: has a YAML tag (!…), which means nothing here (line 1)']],
    ['nothing', '', ['the file: is empty; it needs `tests:`, a list of what is expected']],
    ['a list', '- { who: ada }\n', ['the file: is a list; write `tests:` in the line above it']],
    ['no tests', 'people: []\n', ['tests: is missing']],
    [
      'another word',
      MACHINES + test('reason: x, id: y'),
      [
        'tests[0].reason: is not a setting here; did you mean because? (line 3)',
        'tests[0].id: is not a setting here; it is one of `people[]` (line 3)',
      ],
    ],
    [
      'nothing that is expected',
      MACHINES + test('').replace('expect: allowed, ', ''),
      ['tests[0].expect: is missing (line 3)'],
    ],
    [
      'a policy that is none',
      MACHINES + test('').replace('allowed', '{ policy: ome }'),
      ['tests[0].expect.policy: no policy is called ome; did you mean one? (line 3)'],
    ],
    [
      'a policy that is like none',
      MACHINES + test('').replace('allowed', '{ policy: production }'),
      ['tests[0].expect.policy: no policy is called production; there is one (line 3)'],
    ],
    [
      'a rule that is none',
      MACHINES + test('breakGlass: true').replace('allowed', '{ policy: one }'),
      ['tests[0].expect.policy: no rule of breakGlass is called one; there are none (line 3)'],
    ],
    [
      'somebody like nobody',
      MACHINES + test('').replace('ada', 'zoe-zimmermann'),
      [
        'tests[0].who: no person has the id zoe-zimmermann; list whom a directory knows under `people` of this file (line 3)',
      ],
    ],
    [
      'what is wrong in one of them, and a name that is nobody’s in another',
      `${MACHINES}tests:\n  - { who: ada, machine: web, port: ssh, from: vpn, for: soon, expect: allowed }\n  - { who: adda, machine: web, port: ssh, from: vnp, expect: allowed }\n`,
      [
        'tests[0].for: must be a duration such as 45m, 2h, or 1h30m (line 3)',
        'tests[1].who: no person has the id adda; did you mean ada? (line 4)',
        'tests[1].from: no source is called vnp, and it is no address or prefix; did you mean vpn? (line 4)',
      ],
    ],
    [
      'a machine that is wrong, which nobody is told to be missing',
      `machines: { web: { tag: { env: prod } } }\n${test('for: 1h')}`,
      ['machines.web.tag: is not a setting here; did you mean tags? (line 1)'],
    ],
  ])('with %s are refused', (_, text, faults) => {
    expect(faultsIn(text)).toEqual(faults);
  });

  it('are met by what says all that they say', () => {
    const outcome = {
      policies: ['one'],
      needs: ['manager or person:sam', '2 of group:a or group:b'],
      refused: [],
      why: [],
    };
    expect(isAsExpected(outcome, {})).toBe(true);
    expect(isAsExpected(outcome, { policy: 'one' })).toBe(true);
    expect(isAsExpected(outcome, { policy: 'two' })).toBe(false);
    expect(isAsExpected(outcome, { needs: ['person:sam or manager', '2 of group:b or group:a'] })).toBe(true);
    expect(isAsExpected(outcome, { needs: ['manager'] })).toBe(false);
    expect(isAsExpected(outcome, { needs: [] })).toBe(false);
    expect(isAsExpected(outcome, { refused: true })).toBe(false);
    const refused = {
      policies: ['one'],
      needs: ['manager'],
      refused: ['policyPort', 'policySource'] as const,
      why: [],
    };
    expect(isAsExpected(refused, {})).toBe(false);
    expect(isAsExpected(refused, { refused: true })).toBe(true);
    expect(isAsExpected(refused, { refused: ['policySource'] })).toBe(true);
    expect(isAsExpected(refused, { refused: ['noPolicy'] })).toBe(false);
    expect(expectedText({ policy: 'one', needs: ['manager', 'group:a'] })).toBe('policy one: manager, then group:a');
    expect(expectedText({ needs: [] })).toBe('allowed: without a decision');
  });
});
