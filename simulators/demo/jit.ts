import { fileURLToPath } from 'node:url';

/** The file of `jit` that is run: that of these sources, or that of the package which `npm run test:slow` makes (test/setup/packed.ts). */
export const JIT = process.env.PACKED_JIT ?? fileURLToPath(new URL('../../src/cli/jit.js', import.meta.url));
