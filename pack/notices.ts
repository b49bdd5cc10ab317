import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The licences of the packages that files are of, as these demand where they are passed on.
 *
 * @param files absolute paths, of which those below a `node_modules` count
 */
export function noticesOf(files: readonly string[]): string {
  const folders = new Set(files.flatMap((file) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  const parts = [...folders].map(noticeOf).sort((a, b) => (a.name < b.name ? -1 : 1));
  const head = 'Drawbridge holds these packages, each under its own licence.\n';
  return [head, ...parts.map(({ text }) => text)].join(`\n${'-'.repeat(80)}\n\n`);
}

function noticeOf(folder: string): { readonly name: string; readonly text: string } {
  const { name, version, license, licenses } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly [key in 'name' | 'version' | 'license']: string;
  } & { readonly licenses?: readonly { readonly type: string }[] };
  const texts = globSync('{licen[cs]e,notice,LICEN[CS]E,NOTICE,Licen[cs]e}*', { cwd: folder, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => readFileSync(join(folder, one.name), 'utf8').trim());
  const terms = license ?? licenses?.map(({ type }) => type).join(' or ') ?? 'see below';
  return { name, text: [`${name} ${version} (${terms})`, ...new Set(texts)].join('\n\n') };
}
