import { readFileSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

// Nothing but the packages that the program loads, compiled ahead as the program has them; then it idles.
module.enableCompileCache(fileURLToPath(new URL('../../.cache/compiled', import.meta.url)));
const names = readFileSync(process.argv[2] ?? '', 'utf8')
  .trim()
  .split('\n');
await Promise.all(names.map((name) => import(name, name.endsWith('.json') ? { with: { type: 'json' } } : {})));
process.send?.('ready');
process.once('disconnect', () => process.exit(0));
