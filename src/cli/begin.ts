import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { isPersonal } from './person/which.ts';

// In a folder of ours: the default is under /tmp, where other users of this computer could put compiled code for us.
module.enableCompileCache(fileURLToPath(new URL('../../.cache/compiled', import.meta.url)));
const isTheirs = isPersonal(process.argv.slice(2), { env: process.env, hasConfig: existsSync('drawbridge.yaml') });
if (isTheirs) await import('./person/main.ts');
else await import('./jit.ts');
