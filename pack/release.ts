import { readFileSync, writeFileSync } from 'node:fs';

const UNRELEASED = '## Unreleased\n';

/**
 * The changelog once a version is released: what was under “Unreleased” stands under the version, and a new, empty “Unreleased” above.
 *
 * @param day of the release, `2026-11-28`
 * @throws Error if nothing is unreleased, or the version is there already
 */
export function released(changelog: string, version: string, day: string): string {
  if (changelog.includes(`\n## ${version} `)) throw new Error(`CHANGELOG.md has ${version} already`);
  const [before = '', after] = changelog.split(UNRELEASED);
  const [own = ''] = (after ?? '').split(/^## /m);
  if (own.trim() === '')
    throw new Error('CHANGELOG.md has nothing under “Unreleased”: say first what users will notice');
  return `${before}${UNRELEASED}\n## ${version} (${day})\n${after}`;
}

/** `npm version` runs this after it changed package.json, and before it commits. */
function release(): void {
  const changelog = new URL('../CHANGELOG.md', import.meta.url);
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  writeFileSync(changelog, released(readFileSync(changelog, 'utf8'), version, new Date().toISOString().slice(0, 10)));
}

if (import.meta.main) release();
