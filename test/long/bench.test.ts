import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { Report } from '../../bench/measurement.ts';
import { MEASUREMENTS } from '../../bench/measurements.ts';

const MAIN = fileURLToPath(new URL('../../bench/main.ts', import.meta.url));
const MOST_MS = 900_000;

/** Both sides of each, at its smallest size: how fast they are says little here, only that each ends and measured something. */
it.each(Object.keys(MEASUREMENTS))(
  '`npm run bench -- --quick --only %s` ends, with a value in every row that runs',
  async (name) => {
    const args = [MAIN, '--quick', '--json', '--only', name];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: MOST_MS });
    const reports = JSON.parse(stdout) as readonly Report[];

    expect(reports.length).toBeGreaterThan(0);
    for (const { title, rows } of reports)
      for (const { what, values, notRun } of rows)
        expect([title, what, notRun !== undefined || values.some(Number.isFinite)]).toEqual([title, what, true]);
  },
);
