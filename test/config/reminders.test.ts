import { describe, expect, it } from 'vitest';
import { edited, faultsOf, SMALL } from './files.ts';

const withPolicy = (text: string) => edited(SMALL, '    approvers: [person:grace]\n', text);

describe('reminders and ladders', () => {
  it('come before the request expires, one after the other', () => {
    const text = `    unanswered: 1h
    remind: [10m, 1h]
    stages: [{ anyOf: [person:grace], escalate: [{ after: 20m, to: [group:engineer] }, { after: 20m, to: [person:ada] }, { after: 1h, to: [person:ada] }] }]
`;
    expect(faultsOf(withPolicy(text))).toEqual([
      'policies[0].stages[0].escalate[0].to[0]: no group is called engineer; did you mean engineers? (line 14)',
      'policies[0].stages[0].escalate[1].after: must be longer than that of the step before (line 14)',
      'policies[0].stages[0].escalate[2].after: is not before the request expires (unanswered: 1 h) (line 14)',
      'policies[0].remind[1]: is not before the request expires (unanswered: 1 h) (line 13)',
    ]);
  });

  it('are some', () => {
    const text = '    remind: []\n    stages: [{ anyOf: [person:grace], escalate: [] }]\n';
    expect(faultsOf(withPolicy(text))).toHaveLength(2);
  });
});
