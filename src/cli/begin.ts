import { existsSync } from 'node:fs';
import { isPersonal } from './person/which.ts';

/** `jit`: for whom it works here, as a person who signed in or as the operator. Each loads nothing of the other. */
const isTheirs = isPersonal(process.argv.slice(2), { env: process.env, hasConfig: existsSync('drawbridge.yaml') });
if (isTheirs) await import('./person/main.ts');
else await import('./jit.ts');
