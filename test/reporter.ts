import { appendFileSync, readFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Vitest's own report ends with several coloured lines; this one adds plain ones, and the last is for scripts to read. */
// biome-ignore lint/style/noDefaultExport: vitest loads a reporter by its path and takes the default export
export default class LastLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = tests.filter((test) => test.result().state === 'passed').length;
    const failed = tests.filter((test) => test.result().state === 'failed').length;
    // A file that cannot be loaded holds no test, and an error outside all tests fails the run too.
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    const lines = [...modules.flatMap(skips), ...counted(passed, failed + broken)];
    // After the other reporters' summaries, which are written in this same turn.
    setImmediate(() => process.stdout.write(`${lines.join('\n')}\n`));
  }
}

/** How many, and of several runs that share the file TESTS_RUN how many in all. */
function counted(passed: number, failed: number): readonly string[] {
  const say = (some: number, others: number) => `tests: ${some} passed, ${others} failed`;
  const file = process.env.TESTS_RUN;
  if (!file) return [say(passed, failed)];
  appendFileSync(file, `${passed} ${failed}\n`);
  const runs = readFileSync(file, 'utf8').trim().split('\n');
  const sum = (column: number) => runs.reduce((total, run) => total + Number(run.split(' ')[column]), 0);
  return [...(runs.length > 1 ? [`this run: ${passed} passed, ${failed} failed`] : []), say(sum(0), sum(1))];
}

/** What did not run in this file, a line for each reason. */
function skips(module: TestModule): string[] {
  const skipped = [...module.children.allTests('skipped')];
  const counts = Map.groupBy(skipped, reason);
  return [...counts].map(([why, { length }]) => `skipped: ${length} in ${module.relativeModuleId} (${why})`);
}

function reason(test: TestCase): string {
  const result = test.result();
  if (result.state === 'skipped' && result.note) return result.note;
  return process.env.SKIP_BROWSER === '1' ? 'SKIP_BROWSER=1' : 'not chosen';
}
