import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { released } from '../../pack/release.ts';
import { blocksOf } from './command-lines.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const { scripts, version } = JSON.parse(read('package.json'));

describe('CHANGELOG.md', () => {
  it('has a section for what is unreleased, and one for each version, newest first', () => {
    const [first, ...others] = [...read('CHANGELOG.md').matchAll(/^## (.+)$/gm)].map(([, heading]) => heading ?? '');
    expect(first).toBe('Unreleased');
    for (const heading of others) expect(heading).toMatch(/^\d+\.\d+\.\d+ \(\d{4}-\d\d-\d\d\)$/);
    const order = others.map((heading) => heading.split(' ')[0] ?? '');
    const byNumber = (a: string, b: string) => b.localeCompare(a, 'en', { numeric: true });
    expect(order).toEqual(order.toSorted(byNumber));
    expect([version, ...order].toSorted(byNumber)[0]).toBe(version);
  });
});

describe('a release', () => {
  it('puts what is unreleased under its version', () => {
    const text = '# Changelog\n\n## Unreleased\n\n- New.\n\n## 0.1.0 (2026-01-01)\n\n- Old.\n';
    expect(released(text, '0.2.0', '2026-11-28')).toBe(
      '# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-11-28)\n\n- New.\n\n## 0.1.0 (2026-01-01)\n\n- Old.\n',
    );
  });

  it.each([
    ['## Unreleased\n\n## 0.1.0 (2026-01-01)\n\n- Old.\n', '0.2.0', 'nothing under “Unreleased”'],
    ['# Changelog\n', '0.2.0', 'nothing under “Unreleased”'],
    ['## Unreleased\n\n- New.\n\n## 0.2.0 (2026-01-01)\n\n- Old.\n', '0.2.0', 'has 0.2.0 already'],
  ])('is refused: %j', (text, next, says) => {
    expect(() => released(text, next, '2026-11-28')).toThrow(says);
  });

  it('goes as CONTRIBUTING.md says, by scripts that are there', () => {
    const block = blocksOf(read('CONTRIBUTING.md'), 'sh').find((text) => text.includes('npm version'));
    expect(block).toContain('npm run test:long');
    expect(scripts['test:long']).toBeDefined();
    expect(scripts.preversion).toContain('npm test');
    expect(scripts.version).toBe('node pack/release.ts && git add CHANGELOG.md');
  });

  it('with npm version: one commit with package.json, its lock, and the changelog, and a tag', {
    timeout: 60_000,
  }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'drawbridge-release-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, 'pack'));
    cpSync(join(ROOT, 'pack/release.ts'), join(folder, 'pack/release.ts'));
    const own = { name: 'x', version: '0.1.0', type: 'module', private: true, scripts: { version: scripts.version } };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(own));
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ ...own, lockfileVersion: 3, packages: {} }));
    writeFileSync(join(folder, 'CHANGELOG.md'), '# Changelog\n\n## Unreleased\n\n- New.\n');
    const env = {
      ...process.env,
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      HOME: folder,
      npm_config_update_notifier: 'false',
    };
    const run = (program: string, ...words: readonly string[]) =>
      execFileSync(program, words, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    run('git', 'init', '--quiet');
    run('git', 'config', 'user.name', 'Test');
    run('git', 'config', 'user.email', 'test@example.com');
    run('git', 'add', '--all');
    run('git', 'commit', '--quiet', '--message', 'first');
    run('npm', 'version', 'minor');
    expect(run('git', 'tag')).toBe('v0.2.0\n');
    expect(run('git', 'show', '--name-only', '--format=%s', 'HEAD').trim().split(/\n+/)).toEqual([
      ...['0.2.0', 'CHANGELOG.md', 'package-lock.json', 'package.json'],
    ]);
    expect(readFileSync(join(folder, 'CHANGELOG.md'), 'utf8')).toMatch(/^## 0\.2\.0 \(\d{4}-\d\d-\d\d\)$/m);
  });
});
