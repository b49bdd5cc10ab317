import { existsSync, globSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OutputChunk, type Plugin, rolldown } from 'rolldown';
import { buildBoard } from '../board/build.ts';
import { noticesOf } from './notices.ts';

const HOME = join(import.meta.dirname, '..');
/** What is started by itself: the program, the hand of a drill, and the thread that reads calendars. */
const STARTED = ['src/cli/begin', 'src/cli/drill-hand', 'adapters/on-call/reader'];
/** What does something as soon as it is loaded. */
const RUNS = /^(?:src\/cli\/(?:begin|drill-hand)|adapters\/on-call\/reader)\.ts$/;
/** As deep as those, so that each file finds the top in the same way. */
const SHARED = 'src/program/[name]-[hash].js';
/** What users read or use, and what the program reads. */
const BESIDE = [
  ...['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'drawbridge.example.yaml'],
  ...['board/built', 'manifests', 'src/cli/guard.js', 'src/cli/jit.js'],
];
/** What packages look for and do without: faster ways in machine code, and ways that are not used here. */
export const OPTIONAL: readonly string[] = [
  ...['@opentelemetry/api-logs', '@valkey/valkey-glide', 'bufferutil', 'encoding', 'msgpackr-extract', 'pg'],
  'utf-8-validate',
];

/**
 * Writes the program into a folder as JavaScript, with all that it loads and reads, so that it runs without `node_modules`: some
 * hundred files are found and read in half the time of some thousand. Types are checked elsewhere (`npm run check`).
 *
 * @param to the folder, which is emptied first; it can be packed (`npm pack`) and moved
 */
export async function compile(to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await buildBoard();
  const bundle = await rolldown({
    input: Object.fromEntries(STARTED.map((name) => [name, join(HOME, `${name}.ts`)])),
    platform: 'node',
    external: [...OPTIONAL],
    // Node warns of its own wherever a file outside node_modules asks for it, and a package does.
    resolve: { alias: { punycode: fileURLToPath(import.meta.resolve('punycode/')) } },
    plugins: [inPlace, inParts],
    // For packages in CommonJS, of which one file is many.
    transform: { define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' } },
    logLevel: 'warn',
    onLog: (level, log, handle) => (isOurs(log.id) ? handle(level === 'warn' ? 'error' : level, log) : undefined),
  });
  const { output } = await bundle.write({
    ...{ dir: to, format: 'esm', entryFileNames: '[name].js', chunkFileNames: SHARED },
    // Errors name functions as the sources do; licences stay where they stand. What else is said beside code is not read at each start.
    ...{ minify: false, comments: { legal: true, annotation: false, jsdoc: false } },
  });
  await bundle.close();
  const pages = globSync('docs/**/*.md', { cwd: HOME });
  const read = globSync('{src,adapters}/**/*.*', { cwd: HOME, exclude: ['**/*.{ts,js}'] });
  for (const name of [...BESIDE, ...pages, ...read]) {
    await mkdir(dirname(join(to, name)), { recursive: true });
    await cp(join(HOME, name), join(to, name), { recursive: true });
  }
  const chunks = output.filter((one) => one.type === 'chunk');
  await writeFile(join(to, 'THIRD-PARTY-NOTICES.txt'), noticesOf(chunks.flatMap(({ moduleIds }) => moduleIds)));
  await writeFile(join(to, 'warm.js'), warm(chunks));
  await writeFile(join(to, 'package.json'), `${JSON.stringify(manifest(), undefined, 2)}\n`);
  await chmod(to, 0o755);
}

/** Files that the sources read stand where they stood beside the sources: their addresses are those of the sources. */
const inPlace: Plugin = {
  name: 'in-place',
  transform(code, id) {
    if (!isOurs(id) || !code.includes('import.meta.')) return;
    const source = relative(HOME, id).replaceAll('\\', '/').replace(/\.ts$/, '.js');
    return code
      .replaceAll('import.meta.url', `new URL(${JSON.stringify(`../../${source}`)}, import.meta.url).href`)
      .replaceAll('import.meta.dirname', `(import.meta.dirname + ${JSON.stringify(`/../../${dirname(source)}`)})`);
  },
};

/**
 * The SDK of AWS comes as one file for `require`, which is kept whole, and as modules, of which only the commands that are called are kept:
 * a quarter of EC2's.
 */
const inParts: Plugin = {
  name: 'in-parts',
  resolveId: {
    filter: { id: /^@(?:aws-sdk|smithy)\// },
    async handler(id, importer) {
      const found = await this.resolve(id, importer, { skipSelf: true });
      const modules = found?.id.replace('/dist-cjs/', '/dist-es/');
      if (!found || modules === undefined || modules === found.id || !existsSync(modules)) return found;
      // As their package.json says.
      return { id: modules, moduleSideEffects: false };
    },
  },
};

function isOurs(id: string | undefined): boolean {
  return id?.startsWith(HOME) === true && !id.includes('node_modules');
}

/** Compiles everything for a start from a file system that cannot be written; where Node keeps it, `jit.js` knows. */
function warm(chunks: readonly OutputChunk[]): string {
  const quiet = chunks.filter(({ moduleIds }) => !moduleIds.some((id) => RUNS.test(relative(HOME, id))));
  const loads = quiet.map(({ fileName }) => `await import(${JSON.stringify(`./${fileName}`)});`);
  const cache = `module.enableCompileCache(import.meta.dirname + '/.cache/compiled');`;
  return [
    `import module from 'node:module';`,
    cache,
    ...loads,
    'module.flushCompileCache();',
    'process.exit();',
    '',
  ].join('\n');
}

/** What npm has to know: everything is in it, so that it depends on nothing. */
function manifest(): object {
  const { name, version, description, license, type, engines, bin } = JSON.parse(
    readFileSync(join(HOME, 'package.json'), 'utf8'),
  ) as Record<string, unknown>;
  return { name, version, description, license, type, engines, bin };
}

if (import.meta.main) await compile(process.argv[2] ?? join(HOME, 'dist'));
