import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/* Loaded into the program before anything else: notes every package that its own code asks for, as it is asked for. */
const file = process.env.BENCH_PACKAGES;
const noted = new Set<string>();

registerHooks({
  resolve(specifier, context, next) {
    const isOwn = /^file:(?!.*\/node_modules\/).*\/(?:src|adapters)\/.*\.[jt]s$/.test(context.parentURL ?? '');
    const isPackage = !/^(?:node:|[./]|file:)/.test(specifier);
    if (file !== undefined && isOwn && isPackage && !noted.has(specifier)) {
      noted.add(specifier);
      appendFileSync(file, `${specifier}\n`);
    }
    return next(specifier, context);
  },
});
