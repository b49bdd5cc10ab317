#!/usr/bin/env node
import './guard.js';
// The default import: a missing named export would fail before the guard runs.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

// In a folder of ours: the default is under /tmp, where other users of this computer could put compiled code for us.
module.enableCompileCache(fileURLToPath(new URL('../../.cache/compiled', import.meta.url)));
const { isPersonal } = await import('./person/which.ts');
const { existsSync } = await import('node:fs');
const isTheirs = isPersonal(process.argv.slice(2), { env: process.env, hasConfig: existsSync('drawbridge.yaml') });
if (isTheirs) await import('./person/main.ts');
else await import('./jit.ts');
