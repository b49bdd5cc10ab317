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
    const lines = [...modules.flatMap(skips), `tests: ${passed} passed, ${failed + broken} failed`];
    // After the other reporters' summaries, which are written in this same turn.
    setImmediate(() => process.stdout.write(`${lines.join('\n')}\n`));
  }
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
