import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Loads the program, and what `watching` loads for these settings, and gives the packages that were resolved. */
async function packagesFor(http: object, more: object = {}): Promise<readonly string[]> {
  const script = `
    import { registerHooks } from 'node:module';
    const seen = [];
    registerHooks({ resolve: (asked, context, next) => { seen.push(asked); return next(asked, context); } });
    await import('./src/main.ts');
    const { watching } = await import('./src/watching.ts');
    await watching(${JSON.stringify({ http, ...more })}, console);
    console.log(JSON.stringify(seen.filter((one) => /^[@a-z]/.test(one) && !one.startsWith('node:'))));
    process.exit(0);
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: root,
  });
  return JSON.parse(stdout) as readonly string[];
}

it('what counts is not loaded unless it is switched on', async () => {
  const off = await packagesFor({ admin: { host: '127.0.0.1', port: 0, token: 'env:T', metrics: false } });
  expect(off).toContain('ioredis');
  expect(off).not.toContain('prom-client');
  expect(await packagesFor({})).not.toContain('prom-client');
  expect(await packagesFor({ admin: { metrics: true } })).toContain('prom-client');
});

it('what traces is not loaded unless it is switched on', async () => {
  const isTracing = (one: string) => one.startsWith('@opentelemetry/');
  expect((await packagesFor({})).filter(isTracing)).toEqual([]);
  const traces = { url: 'http://127.0.0.1:9/v1/traces', headers: {} };
  expect(await packagesFor({}, { traces, installation: 'test' })).toContain('@opentelemetry/sdk-trace');
});
