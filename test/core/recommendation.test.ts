import { describe, expect, it } from 'vitest';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { AssessedMachine } from '../../src/core/machine/assessment.ts';
import { digestOf, reportOf, type Survey } from '../../src/core/view/recommendation.ts';
import type { Report } from '../../src/core/view/report.ts';

const OPEN = '22 is open to 0.0.0.0/0 through wizard.';

function found(name: string, patch: Partial<AssessedMachine> = {}): AssessedMachine {
  const machine = { id: `aws:123456789012:eu-west-1:i-${name}`, name, tags: {}, location: 'eu-west-1' } as const;
  return { machine, verdict: 'unhealthy', tab: 'notConfigured', reasons: [OPEN], ...patch };
}

const healthy = { verdict: 'healthy', reasons: ['No port is open.'] } as const;
const configured = { verdict: 'healthy', tab: 'configured', reasons: ['It is protected.'] } as const;
const unsupported = { verdict: 'notApplicable', tab: 'unsupported', reasons: ['Nothing guards it.'] } as const;

const survey = (machines: readonly AssessedMachine[], patch: Partial<Survey> = {}): Survey => ({
  machines,
  unread: [],
  usage: new Map(),
  ...patch,
});

/** Each heading with its rows, a button in brackets. */
function words({ title, sections }: Report) {
  const rows = sections.flatMap(({ heading, rows: all }) => [
    phrased(heading),
    ...all.map(({ line, button }) => `${plain(line)}${button ? ` [${phrased(button.label)}]` : ''}`),
  ]);
  return [phrased(title), ...rows];
}

describe('what is recommended', () => {
  it('begins with what stands open, then goes tab by tab, by name', () => {
    const last = Date.UTC(2026, 10, 20, 9, 30);
    const used = found('a1', configured);
    const usage = new Map([[used.machine.id, { inSevenDays: 3, last, by: { id: 'ada', name: 'Ada Okafor' } }]]);
    const all = [
      found('b1', configured),
      found('x2'),
      found('c1', healthy),
      found('d1', unsupported),
      found('x1'),
      used,
    ];
    expect(words(reportOf(survey(all, { usage, unread: ['210987654321, eu-north-1'] })))).toEqual([
      '2 of 6 machines should be protected',
      'Unhealthy (2)',
      '3 machines are not configured. The changes are shown first. [Protect all]',
      `x1 (AWS, eu-west-1): ${OPEN} [Protect x1]`,
      `x2 (AWS, eu-west-1): ${OPEN} [Protect x2]`,
      'Configured (2)',
      'a1 (AWS, eu-west-1): 3 approvals in 7 days, last 09:30 UTC for Ada Okafor.',
      'b1 (AWS, eu-west-1): no access granted yet.',
      'Not configured, healthy (1)',
      'c1 (AWS, eu-west-1): No port is open.',
      'Unsupported (1)',
      'd1 (AWS, eu-west-1): Nothing guards it.',
      'Could not be read',
      '210987654321, eu-north-1 could not be read; see the log.',
    ]);
  });

  it('names what is protected and open all the same', () => {
    const stillOpen = ['22 is open to * through old.'];
    expect(words(reportOf(survey([found('b1', { ...configured, stillOpen }), found('b2', configured)])))).toEqual([
      'No recommendations for 2 machines',
      'Protected but still open (1)',
      'b1 (AWS, eu-west-1): 22 is open to * through old. [Lock down b1]',
      'Configured (2)',
      'b1 (AWS, eu-west-1): no access granted yet.',
      'b2 (AWS, eu-west-1): no access granted yet.',
    ]);
  });

  it('keeps those that are open to groups and networks alone apart', () => {
    const stillOpen = ['22 is open to security group default (sg-0a1b2c3d) through default.'];
    const few = { ...configured, stillOpen, opensToFew: true as const };
    const wide = { ...configured, stillOpen: ['22 is open to * through old.'] };
    const text = words(reportOf(survey([found('b1', few), found('b2', wide)])));
    expect(text).toEqual(
      expect.arrayContaining(['Protected but still open (1)', 'Protected, and open to networks and groups alone (1)']),
    );
    expect(text.indexOf('Protected but still open (1)')).toBeLessThan(
      text.indexOf('Protected, and open to networks and groups alone (1)'),
    );
  });

  it('has a button that means this very machine', () => {
    const [row] = reportOf(survey([found('x1')])).sections[0]?.rows ?? [];
    expect(row?.button?.command).toBe('protect aws:123456789012:eu-west-1:i-x1');
  });

  it('says when all is well, and leaves out what is empty', () => {
    expect(words(reportOf(survey([found('c1', healthy)])))).toEqual([
      'No recommendations for 1 machine',
      'Not configured, healthy (1)',
      'c1 (AWS, eu-west-1): No port is open.',
    ]);
  });

  it('cuts long lists, and says how much is left out', () => {
    const many = Array.from({ length: 22 }, (_, i) => found(`x${String(i).padStart(2, '0')}`));
    const rows = reportOf(survey(many)).sections[0]?.rows ?? [];
    expect(rows.map(({ line }) => plain(line)).at(-1)).toBe('… and 12 more.');
    // The button for all, ten machines, and how many more.
    expect(rows).toHaveLength(12);
  });

  it('names two rules of a machine and counts the others', () => {
    const reasons = ['a', 'b', 'c', 'd'].map((name) => `22 is open to * through ${name}.`);
    expect(words(reportOf(survey([found('x1', { reasons })])))[2]).toContain(
      'through a. 22 is open to * through b. 2 more like these. [',
    );
  });

  it('tells where Defender sees it otherwise, and only there', () => {
    const by = 'Defender';
    const all = [
      found('x1', { opinion: { by, verdict: 'healthy' } }),
      found('x2', { opinion: { by, verdict: 'unhealthy' } }),
      found('y1', { ...configured, opinion: { by, verdict: 'notApplicable' } }),
    ];
    expect(words(reportOf(survey(all))).filter((row) => row.includes('says'))).toEqual([
      `x1 (AWS, eu-west-1): ${OPEN} Defender says Healthy. [Protect x1]`,
      'y1 (AWS, eu-west-1): no access granted yet. Defender says Not applicable.',
    ]);
  });

  it('shows names that somebody chose without the markup in them', () => {
    const name = 'x`1`\n*now*';
    expect(words(reportOf(survey([found('x1', { machine: { ...found('x1').machine, name } })])))[2]).toMatch(
      /^x'1' \*now\* \(AWS/,
    );
  });
});

describe('the daily digest', () => {
  it('tells what stands open, and counts the rest', () => {
    const stillOpen = ['22 is open to * through old.'];
    const all = [
      found('x1'),
      found('b1', { ...configured, stillOpen }),
      found('c1', healthy),
      found('d1', unsupported),
    ];
    expect(words(digestOf(survey(all, { unread: ['Azure'] })))).toEqual([
      '1 of 4 machines should be protected',
      'Unhealthy (1)',
      '2 machines are not configured. The changes are shown first. [Protect all]',
      `x1 (AWS, eu-west-1): ${OPEN} [Protect x1]`,
      'Protected but still open (1)',
      'b1 (AWS, eu-west-1): 22 is open to * through old. [Lock down b1]',
      'Could not be read',
      'Azure could not be read; see the log.',
      '',
      '1 protected, 2 not configured, 1 unsupported. `/jit recommend` shows all.',
    ]);
  });
});
