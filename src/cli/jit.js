#!/usr/bin/env node
import './guard.js';
import { existsSync } from 'node:fs';
// The default import: a missing named export would fail before the guard runs.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

// Node strips no types under node_modules: the package has the program compiled, and none of its TypeScript (pack/compile.ts).
const [begin] = ['./begin.ts', './begin.js'].map((path) => new URL(path, import.meta.url)).filter(existsSync);
// In a folder of ours: the default is under /tmp, where other users of this computer could put compiled code for us.
module.enableCompileCache(fileURLToPath(new URL('../../.cache/compiled', begin)));
await import(begin.href);
