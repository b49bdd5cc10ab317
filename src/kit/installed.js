// Node strips no types from files under node_modules, where `npm install` of the package puts these:
// https://nodejs.org/api/errors.html#err_unsupported_node_modules_type_stripping. There, it is asked to, for our own files alone.
import { readFileSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const home = new URL('../../', import.meta.url).href;
const packages = `${home}node_modules/`;

if (home.includes('/node_modules/')) {
  module.registerHooks({
    load(url, context, next) {
      const ours = url.startsWith(home) && !url.startsWith(packages) && url.endsWith('.ts');
      if (!ours) return next(url, context);
      const source = module.stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'));
      return { format: 'module', source, shortCircuit: true };
    },
  });
}
