import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

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

/** The median of a row. */
function row(markdown: string, what: string): number {
  const [, , , median = ''] =
    markdown
      .split('\n')
      .find((line) => line.startsWith(`| ${what} |`))
      ?.split('|') ?? [];
  return Number(median.trim().replaceAll(',', ''));
}
