import { describe, expect, it } from 'vitest';
import { peopleFromCsv } from '../../src/config/people-csv.ts';
import { JitError } from '../../src/core/errors/errors.ts';

describe('people of a CSV file', () => {
  it('are printed as the file has them', () => {
    const csv = '\uFEFFid,name,slack,manager\r\nada,"Okafor, ""Ada""",U0123ABCD,grace\r\n\r\ngrace,Grace,,\r\n';
    expect(peopleFromCsv(csv)).toBe(
      'people:\n  - id: ada\n    name: Okafor, "Ada"\n    slack: U0123ABCD\n    manager: grace\n  - id: grace\n    name: Grace\n',
    );
  });

  it.each([
    ['name\nAda', ['the first line must name id, name, and any of']],
    ['id,name,mail\nada,Ada,x', ['; not mail']],
    [
      'id,name,slack\nAda,Ada,U1\nbob,,U1\n"cy\n",Cy,,extra\n',
      [
        'line 2: id: must be at most 40 lowercase letters',
        'line 3: name: is missing',
        'line 3: slack: U1 stands in line 2 too',
        'line 4: has more fields than the first line',
      ],
    ],
    ['id,name\nada,"Ada', ['line 2: a quote does not end']],
  ])('are refused with every fault and its line: %j', (csv, faults) => {
    const text = textOf(() => peopleFromCsv(csv));
    for (const fault of faults) expect(text).toContain(fault);
  });
});

function textOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof JitError) return error.text;
  }
  return expect.unreachable('it was taken');
}
