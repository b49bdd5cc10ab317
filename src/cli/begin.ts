import { existsSync } from 'node:fs';
import { isPersonal } from './person/which.ts';

const LINGER_MS = 500;

// Whoever reads no more (`| head -1`) ends what is printed, and not what is done.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

/** `jit`: for whom it works here, as a person who signed in or as the operator. Each loads nothing of the other. */
const isTheirs = isPersonal(process.argv.slice(2), { env: process.env, hasConfig: existsSync('drawbridge.yaml') });
if (isTheirs) await (await import('./person/main.ts')).runPersonal(process.argv);
// What was started has been stopped. If something still holds the process, it goes all the same.
else if (await (await import('./jit.ts')).runJit(process.argv)) setTimeout(() => process.exit(), LINGER_MS).unref();
