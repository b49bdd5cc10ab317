import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** What runs as soon as it is loaded, and what is built for a browser. */
const NOT = /(?:^|\/)main\.ts$|\/page\//;

/** Here Vite loads packages, and finds names in them that Node does not: what people start is loaded by Node. */
test('the simulators and the demo are loaded by Node itself', async () => {
  const files = globSync('simulators/**/*.ts', { cwd: root }).filter((file) => !NOT.test(file));
  expect(files.length).toBeGreaterThan(50);
  const text = files.map((file) => `await import(${JSON.stringify(pathToFileURL(`${root}${file}`).href)});`).join('\n');
  const ran = await run(
    process.execPath,
    ['--input-type=module', '-e', `${text}\nconsole.log('all');\nprocess.exit(0);`],
    {
      cwd: root,
    },
  );
  expect(ran.stdout).toContain('all');
});
