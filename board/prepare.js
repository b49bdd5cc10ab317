// Run by `npm install`: builds the page of the board where that can be done. Plain JavaScript, which old releases of Node can read
// too: an installation without the tools to build, or on another Node, must not fail because of it.
import { createRequire } from 'node:module';

const OLDEST_MAJOR = 24;

function canBuild() {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_MAJOR) return false;
  try {
    createRequire(import.meta.url).resolve('vite/package.json');
    return true;
  } catch {
    return false;
  }
}

if (canBuild()) {
  const { buildBoard } = await import('./build.ts');
  await buildBoard();
}
