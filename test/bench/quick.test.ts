import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../bench/measurement.ts';

const MAIN = fileURLToPath(new URL('../../bench/main.ts', import.meta.url));
const MOST_MS = 600_000;

/** How fast it is says little on a machine that runs tests: only that everything was measured, and what was called. */
describe('npm run bench -- --quick', () => {
  it(
    'measures a burst of ends and the memory of a lease, and says so in Markdown',
    async () => {
      const args = [MAIN, '--quick', '--only', 'burst,memory'];
      const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { timeout: MOST_MS });

      expect(stdout).toContain('## 300 leases that end in the same second');
      expect(stdout).toContain('## Redis memory of an open lease');
      expect(row(stdout, 'Drawbridge: last closing')).toBeGreaterThan(0);
      expect(row(stdout, 'Drawbridge: last end read back, proven and committed')).toBeGreaterThan(0);
      for (const rival of ['plain BullMQ', 'pg-boss', 'graphile-worker', 'plain timers'])
        expect(row(stdout, `${rival}: last closing`) > 0 || stdout.includes(`| ${rival} | | | | not run: `)).toBe(true);
      expect(row(stdout, '`used_memory` per lease')).toBeGreaterThan(1_000);
      expect(
        stdout.match(
          /^- Goal: .* Measured: [\d.,]+(?:×| bytes)(?: \(best rounds: [\d.]+×\))?: (?:reached|\*\*not reached\*\*)\./gm,
        ),
      ).toHaveLength(4);
      // One call for the five leases of a machine; one for each lease.
      expect(stdout).toMatch(/^- Calls to AWS, Drawbridge: .*\b60 RevokeSecurityGroupIngress/m);
      expect(stdout).toMatch(/^- Calls to AWS, plain BullMQ: .*\b300 RevokeSecurityGroupIngress/m);
      expect(stderr).toMatch(/^(?:all goals reached|not reached: )/m);
    },
    MOST_MS,
  );
});

/** What is cheap enough to be run here whole; the rest is run by whoever measures. */
const CHEAP = ['calls', 'loops', 'policy', 'reach', 'scale'];

describe('npm run bench -- --quick --json --plot', () => {
  it(
    'gives the values of all rounds, and draws every goal',
    async () => {
      const svg = join(mkdtempSync(join(tmpdir(), 'drawbridge-bench-test-')), 'bench.svg');
      const args = [MAIN, '--quick', '--json', '--plot', svg, '--only', CHEAP.join(',')];
      const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: MOST_MS });
      const reports = JSON.parse(stdout) as readonly Report[];

      expect(reports.map(({ title }) => title)).toEqual([
        'Calls to the clouds in the life of a request',
        'Sweep and patrol with 500, 2,500 open leases',
        'A thousand policies and a million requests',
        '5,000 topologies',
        'Lists, pages and the board with 500, 2,500 requests and 2,500 machines',
      ]);
      for (const { rows, goals, machine } of reports) {
        expect(machine).toMatch(/ cores .* Redis [\d.]+; load [\d.]+ before and [\d.]+ after$/);
        for (const { what, values } of rows) expect([what, values.some((value) => value >= 0)]).toEqual([what, true]);
        for (const { what, value } of goals) expect([what, value >= 0]).toEqual([what, true]);
      }
      const goals = reports.flatMap((report) => report.goals);
      expect(readFileSync(svg, 'utf8').match(/<title>/g)).toHaveLength(goals.length);
    },
    MOST_MS,
  );
});

describe('npm run bench -- --quick --only start', () => {
  it(
    'loads all packages that the program asks for, of whatever kind',
    async () => {
      const args = [MAIN, '--quick', '--only', 'start'];
      // The program as the bench has it: the packed one holds some packages in itself.
      const { PACKED_JIT: _, ...env } = process.env;
      const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: MOST_MS, env });

      expect(stdout).toContain('unhomoglyph/data.json');
      expect(row(stdout, 'its packages alone: until they are loaded')).toBeGreaterThan(0);
      expect(row(stdout, 'Drawbridge: from the fork until it is ready')).toBeGreaterThan(0);
    },
    MOST_MS,
  );
});

/** The median of a row. */
function row(markdown: string, what: string): number {
  const [, , , median = ''] =
    markdown
      .split('\n')
      .find((line) => line.startsWith(`| ${what} |`))
      ?.split('|') ?? [];
  return Number(median.trim().replaceAll(',', ''));
}
