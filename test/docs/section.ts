import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What stands between `<!-- name -->` and `<!-- /name -->`. UPDATE_DOCS=1 writes it anew. */
export function section(file: string, name: string, wanted: string): string {
  const text = readFileSync(join(root, file), 'utf8');
  const [open, close] = [`<!-- ${name} -->\n`, `\n<!-- /${name} -->`];
  const from = text.indexOf(open) + open.length;
  const to = text.indexOf(close, from - 1);
  if (process.env.UPDATE_DOCS === '1') {
    writeFileSync(join(root, file), `${text.slice(0, from)}${wanted}${text.slice(to)}`);
    return wanted;
  }
  return text.slice(from, to);
}
