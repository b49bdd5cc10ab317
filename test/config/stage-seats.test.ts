import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/load.ts';
import { edited, faultsOf, SMALL } from './files.ts';

const decided = (by: string) => edited(SMALL, 'approvers: [person:grace]', by);
const CANNOT = 'can never be filled:';
const ONCE = '; one person counts once in a whole request';

describe('a stage that nobody can ever fill is a fault', () => {
  it.each<[string, string, string | undefined]>([
    [
      'n of one word',
      'stages: [{ n: 2, of: [manager] }]',
      `stages[0]: ${CANNOT} it needs 2 people, and there is only manager${ONCE}`,
    ],
    [
      'n of one person',
      'stages: [{ n: 3, of: [person:grace] }]',
      `stages[0]: ${CANNOT} it needs 3 people, and there is only person:grace${ONCE}`,
    ],
    [
      'n of one person twice',
      'stages: [{ n: 2, of: [person:grace, person:grace] }]',
      `stages[0]: ${CANNOT} it needs 2 people, and there is only person:grace${ONCE}`,
    ],
    [
      'one person in two stages',
      'stages: [{ anyOf: [person:grace] }, { anyOf: [person:grace] }]',
      `stages[1]: ${CANNOT} with stage 1, it needs 2 people, and there is only person:grace${ONCE}`,
    ],
    [
      'the manager in two stages',
      'stages: [{ anyOf: [manager] }, { anyOf: [group:engineers] }, { anyOf: [manager] }]',
      `stages[2]: ${CANNOT} with stage 1, it needs 2 people, and there is only manager${ONCE}`,
    ],
    [
      'two people for three stages',
      'stages: [{ anyOf: [manager] }, { anyOf: [person:grace, manager] }, { allOf: [person:grace] }]',
      `stages[2]: ${CANNOT} with stage 1 and 2, it needs 3 people, and there is only person:grace, manager${ONCE}`,
    ],
    [
      'the short form',
      'approvers: [person:grace, manager]\n    approvals: 3',
      `approvals: ${CANNOT} it needs 3 people, and there is only person:grace, manager${ONCE}`,
    ],
    [
      'out of hours',
      'approvers: [person:grace]\n    hours: { days: mon-fri, from: "07:00", to: "20:00", zone: UTC, outside: { stages: [{ n: 2, of: [manager] }] } }',
      `hours.outside.stages[0]: ${CANNOT} it needs 2 people, and there is only manager${ONCE}`,
    ],
    [
      'not with others later',
      'stages: [{ anyOf: [manager] }, { anyOf: [manager], answerIn: 1h, then: [group:engineers] }]',
      undefined,
    ],
    ['not with room for both', 'stages: [{ anyOf: [manager, person:grace] }, { anyOf: [manager] }]', undefined],
    ['not of a group', 'stages: [{ n: 2, of: ["owner:team"] }, { allOf: ["owner:team", manager] }]', undefined],
  ])('%s', (_, by, fault) => {
    const line = by.startsWith('approvers') ? 13 : 12;
    expect(faultsOf(decided(by))).toEqual(fault === undefined ? [] : [`policies[0].${fault} (line ${line})`]);
  });
});

const DIRECTORY =
  'directory: { entra: { tenantId: 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d, clientId: 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d } }\n';
const warnings = (text: string) => {
  const read = readConfig(text);
  if ('faults' in read) throw new Error(read.faults.join('\n'));
  return read.warnings;
};

describe('where a directory knows people, it is warned about', () => {
  it('a group of the file that is too small for its stage', () => {
    const two = decided('stages: [{ anyOf: [manager] }, { n: 2, of: [group:engineers] }]') + DIRECTORY;
    expect(warnings(two)).toEqual([
      `policies[0]: \`one\`, stage 2 of 2, ${CANNOT} it needs 2 people, and there is only person:ada${ONCE} (line 8)`,
    ]);
    const nested = edited(two, '{ engineers: [ada] }', '{ engineers: [ada, "entra:sre"] }');
    expect(warnings(nested)).toEqual([]);
  });

  it('those within the hours and outside of them, together too few for what is partly within', () => {
    const night = 'outside: { stages: [{ n: 2, of: [person:grace, person:ada] }] }';
    const hours = (outside: string) =>
      decided(`approvers: [person:grace]\n    hours: { from: "07:00", to: "20:00", ${outside} }`) + DIRECTORY;
    expect(warnings(hours(night))).toEqual([
      `policies[0]: \`one\`, of what is partly within its hours, stage 2 of 2, ${CANNOT} with stage 1, it needs 3 people, and there is only person:grace, person:ada${ONCE} (line 8)`,
    ]);
    expect(warnings(hours('outside: { stages: [{ anyOf: [person:grace] }] }'))).toEqual([]);
  });

  it('not a manager whom the file does not know', () => {
    expect(warnings(decided('approvers: [manager]'))).toHaveLength(1);
    expect(warnings(decided('approvers: [manager]') + DIRECTORY)).toEqual([]);
    const glass =
      'breakGlass: [{ name: fire, who: [person:ada], machines: { names: ["*"] }, ports: [ssh], review: { by: [manager] } }]\n';
    expect(warnings(SMALL + glass)).toHaveLength(1);
    expect(warnings(SMALL + glass + DIRECTORY)).toEqual([]);
  });
});

describe('what is listed twice', () => {
  it('is said, as somebody else may be meant', () => {
    const twice = edited(
      decided('approvers: [person:grace, person:grace]'),
      '[group:engineers]',
      '[person:ada, person:ada]',
    );
    expect(warnings(edited(twice, '{ engineers: [ada] }', '{ engineers: [ada, ada] }'))).toEqual([
      'policies[0].who[1]: person:ada is listed twice (line 9)',
      'policies[0].approvers[1]: person:grace is listed twice (line 12)',
      'groups.engineers[1]: ada is listed twice (line 5)',
    ]);
  });
});
