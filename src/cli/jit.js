#!/usr/bin/env node
import './guard.js';
import { existsSync } from 'node:fs';

// Node strips no types under node_modules: the package has the program compiled, and none of its TypeScript (pack/compile.ts).
const [begin] = ['./begin.ts', '../../dist/src/cli/begin.js']
  .map((path) => new URL(path, import.meta.url))
  .filter(existsSync);
await import(begin.href);
