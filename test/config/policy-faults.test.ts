import { describe, expect, it } from 'vitest';
import { edited, faultsOf, SMALL } from './files.ts';

const REFUSAL = '  - { name: no, machines: { names: ["*"] }, refuse: Freeze. }\n';
const SETS = 'machines: { all: {}, linux: { os: linux, except: [{ tags: { tier: "0" } }] } }\npolicies:';

it('a file without policies says where to begin', () => {
  const without = SMALL.slice(0, SMALL.indexOf('policies:'));
  expect(faultsOf(without)).toEqual(['policies: is missing; docs/policy.md begins with a whole file']);
});

describe('each fault of a policy is told with its path and line', () => {
  it.each<[string, string, readonly string[]]>([
    ['    who: [group:engineers]\n', '', ['policies[0].who: is missing (line 8)']],
    ['    ports: [ssh]\n', '', ['policies[0].ports: is missing (line 8)']],
    [
      '    approvers: [person:grace]\n',
      '',
      ['policies[0].approvers: is missing; name who decides here, or in stages (line 8)'],
    ],
    // Sources that are kept out
    [
      '[ssh]',
      '[ssh]\n    neverFrom: [wifi, 10.0.0.1/8]',
      [
        'policies[0].neverFrom[0]: no source is called wifi, and it is no address or prefix (line 12)',
        'policies[0].neverFrom[1]: 10.0.0.1/8 can be read in two ways: write 10.0.0.1 for one address, or 10.0.0.0/8 (line 12)',
      ],
    ],
    [
      '[ssh]',
      '[ssh]\n    sources: [10.8.0.0/16, 10.9.1.0/24]\n    neverFrom: [10.8.0.0/16, 10.9.0.0/16]',
      ['policies[0].neverFrom: leaves none of the policy’s sources, so nothing could be requested (line 13)'],
    ],
    ['[ssh]', '[ssh]\n    sources: [10.8.0.0/16]\n    neverFrom: [10.8.1.0/24]', []],
    // Machines
    ['{ names: ["*"] }', 'prod', ['policies[0].machines: no machines are called prod (line 10)']],
    [
      '{ names: ["*"] }',
      'Prod',
      ['policies[0].machines: must be at most 40 lowercase letters, digits, and dashes (line 10)'],
    ],
    [
      '{ names: ["*"] }',
      '5',
      ['policies[0].machines: must be text (quote it if it looks like a number) or a section with settings (line 10)'],
    ],
    [
      '{ names: ["*"] }',
      '{ name: web }',
      ['policies[0].machines.name: is not a setting here; did you mean names? (line 10)'],
    ],
    ['{ names: ["*"] }', '{ any: [] }', ['policies[0].machines.any: must not be empty (line 10)']],
    [
      '{ names: ["*"] }',
      '{ any: [{}] }',
      ['policies[0].machines.any[0]: must select machines by names ("*" for all), tags, region, or cloud (line 10)'],
    ],
    [
      '{ names: ["*"] }',
      '{ except: [{ cloud: aws }, { account: "5" }] }',
      ['policies[0].machines.except[1].account: must be 12 digits (line 10)'],
    ],
    [
      '{ names: ["*"] }',
      '{ cloud: aws, group: rg }',
      ['policies[0].machines: no machine can be meant: cloud and group name different clouds (line 10)'],
    ],
    ['{ names: ["*"] }', '{ tags: { env: [] } }', ['policies[0].machines.tags.env: must not be empty (line 10)']],
    [
      '    tell: [ops]\n',
      '    tell: [ops]\n    endUnused: 19m\n',
      ['policies[0].endUnused: must be at least 20 min: flow logs come late (line 14)'],
    ],
    ['    tell: [ops]\n', '    tell: [ops]\n    endUnused: 20m\n', []],
    [
      '    tell: [ops]\n',
      '    tell: [ops]\n    longest: 30m\n    endUnused: 30m\n',
      ['policies[0].endUnused: must be shorter than longest (30 min) (line 15)'],
    ],
    // Refusals
    ['    tell: [ops]\n', `    tell: [ops]\n${REFUSAL}`, []],
    [
      '    tell: [ops]\n',
      `    tell: [ops]\n${REFUSAL.replace('Freeze.', 'Freeze., approvers: [manager]')}`,
      ['policies[1].approvers: cannot be set together with refuse (line 14)'],
    ],
    [
      '    tell: [ops]\n',
      `    tell: [ops]\n${REFUSAL.replace('Freeze.', '""')}`,
      ['policies[1].refuse: must not be empty (line 14)'],
    ],
    [
      '    tell: [ops]\n',
      `    tell: [ops]\n${REFUSAL.replace('Freeze.', 'x, during: {}')}`,
      ['policies[1].during: must have from, until, or both (line 14)'],
    ],
    [
      '    tell: [ops]\n',
      `    tell: [ops]\n${REFUSAL.replace('Freeze.', 'x, during: { from: 2026-02-30 }')}`,
      ['policies[1].during.from: must be a day such as 2026-12-20, or a time such as "2026-12-20 18:00" (line 14)'],
    ],
    [
      '    tell: [ops]\n',
      `    tell: [ops]\n${REFUSAL.replace('Freeze.', 'x, during: { from: 2026-02-03, until: 2026-02-01 }')}`,
      ['policies[1].during.until: is before from (2026-02-03) (line 14)'],
    ],
    // Bounds
    [
      '[ssh]',
      '[ssh]\n    usual: 4h\n    auto: { upTo: 4h, from: [vpm, 10.0.0.0/7] }\n    hours: { from: "20:00", to: "20:00", days: mon, outside: { stages: [{}] } }\n    because: { ticket: "(?=x)" }',
      [
        'policies[0].hours.days: must be days such as mon-fri, or a list such as [mon, wed] (line 14)',
        'policies[0].because.ticket: must be a regular expression of RE2 such as ^(INC|CHG)-\\d+$ (line 15)',
        'policies[0].hours.outside.stages[0]: must have exactly one of anyOf, allOf, and n with of (line 14)',
        'policies[0].usual: must be at most longest (3 h) (line 12)',
        'policies[0].auto.upTo: must be at most longest (3 h) (line 13)',
        'policies[0].auto.from[0]: no source is called vpm, and it is no address or prefix (line 13)',
        'policies[0].auto.from[1]: 10.0.0.0/7 is too wide for a source; it must be /8 or narrower (line 13)',
        'policies[0].hours.to: must not be the same as from; a whole day is 00:00 to 24:00 (line 14)',
      ],
    ],
    // Stages
    [
      '[person:grace]',
      '[person:grace]\n    stages: [{ anyOf: [manager] }]',
      ['policies[0].approvers: cannot be set together with stages (line 12)'],
    ],
    [
      '    approvers: [person:grace]',
      '    approvals: 2\n    stages: [{ anyOf: [manager], n: 2 }, {}, { allOf: [manager, manager] }, { of: [group:x, "owner:"] }]',
      [
        'policies[0].stages[3].of[1]: must be manager, managersManager, person:<id>, group:<name>, entra:<group>, slack:<group>, idc:<group>, owner:<tag>, or onCall:<schedule> (line 13)',
        'policies[0].approvals: cannot be set together with stages (line 12)',
        'policies[0].stages[0]: must have exactly one of anyOf, allOf, and n with of (line 13)',
        'policies[0].stages[0].of: is missing; n needs it: who may be one of them (line 13)',
        'policies[0].stages[1]: must have exactly one of anyOf, allOf, and n with of (line 13)',
        'policies[0].stages[2].allOf[1]: manager is listed twice, and one person counts once (line 13)',
        'policies[0].stages[3].of[0]: no group is called x (line 13)',
        'policies[0].stages[3].n: is missing; of needs it: how many of them (line 13)',
      ],
    ],
    [
      '    approvers: [person:grace]',
      '    stages: [{ anyOf: [manager], answerIn: 30m }, { anyOf: [group:engineers], then: [person:grace] }, { anyOf: [group:engineers], answerIn: 8h, then: [person:grace] }]',
      [
        'policies[0].stages[0].answerIn: needs then: who else (line 12)',
        'policies[0].stages[1].then: needs answerIn: from when on (line 12)',
        'policies[0].stages[2].answerIn: is not before the request expires (unanswered: 8 h) (line 12)',
      ],
    ],
    [
      '    approvers: [person:grace]',
      '    stages: []',
      ['policies[0].stages: must not be empty: without stages, no request could be approved (line 12)'],
    ],
    [
      '    approvers: [person:grace]',
      `    stages: [${'{ anyOf: [group:engineers] },'.repeat(6)}]`,
      ['policies[0].stages: must be five stages or less (line 12)'],
    ],
  ])('“%s” → “%s”', (part, by, faults) => {
    expect(faultsOf(edited(SMALL, part, by))).toEqual(faults);
  });

  it('a name of machines that is nearly one', () => {
    const text = edited(edited(SMALL, 'policies:', SETS), '{ names: ["*"] }', 'linus');
    expect(faultsOf(text)).toEqual([
      'policies[0].machines: no machines are called linus; did you mean linux? (line 11)',
    ]);
    expect(faultsOf(edited(text, 'linus', 'linux'))).toEqual([]);
    expect(faultsOf(edited(text, 'linus', 'all'))).toEqual([]);
  });
});
