import { describe, expect, it } from 'vitest';
import { broken, faultsOf, GOOD, SMALL } from './files.ts';

const TAB = 'drawbridge.yaml: a tab is in the indentation; use spaces';
const QUOTED = 'text that begins with @, `, or % must be quoted';
const OTHERWISE = 'is indented otherwise than its neighbours';

describe('what is broken is told once, and the rest of the file is read', () => {
  it.each<[string, string, readonly string[]]>([
    // Space
    ['a tab', broken(['    who', '\twho']), [`${TAB} (line 9)`]],
    ['a tab among spaces', broken(['    who', '  \twho']), [`${TAB} (line 9)`]],
    ['a tab before the last line', broken(['    tell', '\ttell']), [`${TAB} (line 13)`]],
    [
      'tabs in lines that follow each other',
      broken(['    ', '\t\t']),
      [`${TAB}s (lines 9 to 13)`.replace('s (', ' (')],
    ],
    [
      'tabs in two places',
      broken(['    who', '\twho'], ['    tell', '\ttell']),
      [`${TAB} (line 9)`, `${TAB} (line 13)`],
    ],
    ['a tab where nothing is', broken(['    tell: [ops]', '\t\n    tell: [ops]']), []],
    [
      'a tab and another fault',
      broken(['    who', '\twho'], ['[ssh]', '[shh]']),
      [
        `${TAB} (line 9)`,
        'policies[0].ports[0]: must be a port such as 22, ssh, rdp, winrm, or 53/udp; did you mean ssh? (line 11)',
      ],
    ],
    ['one space less', broken(['    who', '   who']), [`policies: ${OTHERWISE} (line 9)`]],
    ['one space more', broken(['    ports', '     ports']), [`policies: ${OTHERWISE} (line 11)`]],
    [
      'spaces of a web page',
      broken(['    who', '\u00a0\u00a0\u00a0\u00a0who']),
      ['drawbridge.yaml: a space that is none for YAML is in the indentation; use plain spaces (line 9)'],
    ],
    [
      'letters that are none',
      broken(['test', 'te\u0000st']),
      ['drawbridge.yaml: has a character that is no text (line 1)'],
    ],
    ['a mark of its encoding', `\ufeff${SMALL}`, []],
    ['lines of Windows', broken(['\n', '\r\n']), []],
    ['lines of an old Mac', broken(['\n', '\r']), []],
    // Marks
    ['an open quote', broken(['name: one', 'name: "one']), ['policies: a quote is not closed (line 8)']],
    ['an open bracket', broken(['[ssh]', '[ssh']), ['policies: a bracket is not closed: ] is missing (line 11)']],
    [
      'an open brace',
      broken(['{ names: ["*"] }', '{ names: ["*"]']),
      ['policies: a bracket is not closed: } is missing (line 10)'],
    ],
    [
      'a bracket too many',
      broken(['[ssh]', '[ssh]]']),
      [
        'policies: something stands here that does not belong to what is before it; quote the text, or begin a new line (line 11)',
      ],
    ],
    [
      'no colon',
      broken(['installation: test', 'installation test']),
      ['drawbridge.yaml: a colon and a space are missing: write `name: value` (line 1)'],
    ],
    [
      'two colons',
      broken(['name: one', 'name: one: two']),
      ['policies: has two colons; quote the text that has one (line 8)'],
    ],
    ['a letter that must be quoted', broken(['[ops]', '@ops']), [`policies: ${QUOTED} (line 13)`]],
    ['a percent sign', broken(['test', '%test']), [`installation: ${QUOTED} (line 1)`]],
    [
      'a backslash',
      broken(['name: one', 'name: "o\\qe"']),
      ['policies: a \\ in "…" means something else here; use \'…\' (line 8)'],
    ],
    ['very deep', `${SMALL}x: ${'['.repeat(5_000)}\n`, ['x: is nested too deeply (line 14)']],
    [
      'another document',
      `${SMALL}---\n${SMALL}`,
      ['policies: a second document begins; a configuration is one (line 14)'],
    ],
    ['a mark before it', `---\n${SMALL}`, []],
    [
      'a section that is broken, and another one',
      broken(['groups: {', 'groups: { ['], ['[ssh]', '[shh]']),
      [
        'groups: a bracket is not closed: ] is missing (line 5)',
        'policies[0].ports[0]: must be a port such as 22, ssh, rdp, winrm, or 53/udp; did you mean ssh? (line 11)',
      ],
    ],
    ['a chat that is broken', broken(['teamId: T1', 'teamId: "T1']), ['slack: a quote is not closed (line 2)']],
  ])('%s', (_, text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });

  it('wherever the one tab is', () => {
    const lines = GOOD.split('\n');
    const places = lines.flatMap((line, i) => (/^ {2,}[^\s#]/.test(line) ? [i] : []));
    expect(places.length).toBeGreaterThan(50);
    for (const place of places) {
      const text = lines.map((line, i) => (i === place ? line.replace(/^ +/, '\t') : line)).join('\n');
      expect(faultsOf(text), lines[place]).toEqual([`${TAB} (line ${place + 1})`]);
    }
  });

  it('wherever a quote is left open, no fault is told twice, and each has its line', () => {
    const lines = GOOD.split('\n');
    for (const [place, line] of lines.entries()) {
      if (!/: [a-z]\S*$/.test(line)) continue;
      const text = lines.map((one, i) => (i === place ? one.replace(/: ([a-z]\S*)$/, ': "$1') : one)).join('\n');
      const faults = faultsOf(text);
      expect(faults.length, line).toBe(1);
      expect(faults[0]).toMatch(/: a quote is not closed \(line \d+\)$/);
    }
  });
});
