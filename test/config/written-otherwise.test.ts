import { describe, expect, it } from 'vitest';
import { broken, edited, faultsOf, SMALL } from './files.ts';

const ENTRA =
  'directory: { entra: { tenantId: 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d, clientId: 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d } }\n';
const WHO =
  'policies[0].who[0]: must be person:<id>, group:<name>, entra:<group>, slack:<group>, idc:<group>, or an attribute such as department:<name>;';

describe('what is written otherwise is told with what to write', () => {
  it.each<[string, string, string]>([
    [
      '[group:engineers]',
      '[ada@example.com]',
      `${WHO} an e-mail address is no ID: write person:<id>, with the ID from people, or from the directory (line 9)`,
    ],
    ['[group:engineers]', '["Entra:sre"]', `${WHO} did you mean entra:sre? (line 9)`],
    ['[group:engineers]', '["aad:sre"]', `${WHO} did you mean entra:sre? (line 9)`],
    ['[group:engineers]', '["Department: Sales"]', `${WHO} did you mean department:Sales? (line 9)`],
    [
      '[group:engineers]',
      '[“group:engineers”]',
      `${WHO} the quotes are curly: use "…"; did you mean group:engineers? (line 9)`,
    ],
    [
      '[group:engineers]',
      '[group:payments-owners]',
      'policies[0].who[0]: no group is called payments-owners; a group of Entra ID is written entra:payments-owners (line 9)',
    ],
    [
      '{ names: ["*"] }',
      '{ tags: [env=test] }',
      'policies[0].machines.tags: must be a section such as { env: prod } (line 10)',
    ],
    [
      '    tell: [ops]',
      '    because: INC-',
      "policies[0].because: must be a section such as { ticket: '^INC-\\d+$' } (line 13)",
    ],
    [
      'approvers: [person:grace]',
      'stages: [{ n: 0, of: [person:grace] }]',
      'policies[0].stages[0].n: must be 1 or more (line 12)',
    ],
    [
      '    tell: [ops]',
      '    tell: [ops]\n  -name: two',
      'policies: a space is missing behind the dash: write `- name: value` (line 14)',
    ],
    [
      '    tell: [ops]',
      '    longest:4h',
      'policies: a space is missing behind the colon: write `name: value` (line 13)',
    ],
    ['    tell: [ops]', '    longest:\u00a04h', 'policies: has a no-break space; use a plain one (line 13)'],
  ])('“%s” → “%s”', (part, by, fault) => {
    expect(faultsOf(broken([part, by]) + ENTRA)).toEqual([fault]);
  });

  it('and what is another setting is said to be missing', () => {
    expect(faultsOf(edited(SMALL, '    approvers: [person:grace]\n', '    stages: [{ n: 2 }]\n'))).toEqual([
      'policies[0].stages[0].of: is missing; n needs it: who may be one of them (line 12)',
    ]);
  });
});
