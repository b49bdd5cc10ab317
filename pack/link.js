// Run by `npm install` in a clone: makes `jit` one of the programs of node_modules/.bin. npm puts only those of other packages
// there, and for ours `npx` reads every package before each command. Plain JavaScript, which old releases of Node can read
// too. Windows takes no such link without rights of its own: `npx jit` works there as before.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';

const bin = new URL('../node_modules/.bin/', import.meta.url);

if (process.platform !== 'win32') {
  mkdirSync(bin, { recursive: true });
  rmSync(new URL('jit', bin), { force: true });
  symlinkSync('../../src/cli/jit.js', new URL('jit', bin));
}
