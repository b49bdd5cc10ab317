import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Import, importsOf } from './imports.ts';
import { readSources } from './sources.ts';

const program = readSources(['src', 'adapters']).flatMap(importsOf);
const simulated = readSources(['simulators']).flatMap(importsOf);
const around = readSources(['test', 'bench']).flatMap(importsOf);

/** What the files of a room may import besides their own room, as design and docs/decisions/0005 have it. */
interface Allowed {
  readonly rooms: readonly string[];
  /** Libraries, or all of them. Node's own modules count as libraries. */
  readonly libraries: readonly string[] | 'any';
}

const CORE_AND_PORTS = ['src/core', 'src/ports'];

const ROOMS: Readonly<Record<string, Allowed>> = {
  // The table of Unicode UTS #39 and nothing else (`unhomoglyph/data.json`).
  'src/core': { rooms: [], libraries: ['node:crypto', 'ipaddr.js', 'unhomoglyph'] },
  'src/ports': { rooms: ['src/core'], libraries: ['node:http'] },
  'src/kit': { rooms: CORE_AND_PORTS, libraries: ['node:async_hooks', 'node:timers/promises'] },
  'src/app': { rooms: CORE_AND_PORTS, libraries: ['node:crypto', 'node:timers/promises'] },
  'src/redis': { rooms: CORE_AND_PORTS, libraries: 'any' },
  // BullMQ's connections are made as the store's are.
  'src/queue': { rooms: [...CORE_AND_PORTS, 'src/redis'], libraries: 'any' },
  'src/http': { rooms: CORE_AND_PORTS, libraries: 'any' },
  'src/web': { rooms: CORE_AND_PORTS, libraries: ['node:crypto', 'node:http'] },
  'src/config': { rooms: CORE_AND_PORTS, libraries: 'any' },
  'src/observe': { rooms: CORE_AND_PORTS, libraries: 'any' },
};
/** `src/kit` is what several adapters need, without a product in it. */
const ADAPTER: Allowed = { rooms: [...CORE_AND_PORTS, 'src/kit'], libraries: 'any' };
/** The files right in `src`, and `src/cli`, see everything. */
const SEES_ALL = /^src\/(?:\w+\.ts|cli\/)/;

function roomOf(file: string): string {
  return file.split('/').slice(0, 2).join('/');
}

function fault(one: Import): string | undefined {
  const room = roomOf(one.from);
  if (SEES_ALL.test(one.from)) return undefined;
  const allowed = room.startsWith('adapters/') ? ADAPTER : ROOMS[room];
  if (!allowed) return `${one.from}: no rule for the room ${room}`;
  const fits = one.file
    ? roomOf(one.file) === room || allowed.rooms.includes(roomOf(one.file))
    : allowed.libraries === 'any' || allowed.libraries.includes(one.library ?? '');
  return fits ? undefined : `${one.from} imports ${one.file ?? one.library}`;
}

describe('the imports', () => {
  it('are found', () => {
    const text = [
      "import './a.ts';",
      "import type { B } from '../b.ts';",
      "import {\n  c,\n  type C,\n} from 'c/d';",
      "export { e } from '@e/f/g';",
      "export * as h from './h.ts';",
      "const i = await import('node:i');",
      'type J = import("./j.ts").J;',
      "const k = 'import nothing from here';",
      "// import { l } from './l.ts';",
    ].join('\n');
    expect(importsOf({ file: 'src/x/y.ts', text }).map(({ file, library }) => file ?? library)).toEqual([
      'src/x/a.ts',
      'src/b.ts',
      'c',
      '@e/f',
      'src/x/h.ts',
      'node:i',
      'src/x/j.ts',
    ]);
    expect(program.length).toBeGreaterThan(300);
  });

  it('have a rule for each room of src, and none for a room that is gone', () => {
    const rooms = new Set(program.map(({ from }) => roomOf(from)).filter((room) => /^src\/\w+$/.test(room)));
    expect([...rooms].filter((room) => !SEES_ALL.test(`${room}/`)).sort()).toEqual(Object.keys(ROOMS).sort());
  });

  it('keep each room to what it may see', () => {
    expect(program.map(fault).filter(Boolean)).toEqual([]);
  });

  it('of the ports are types alone, so that a port is an interface and no program', () => {
    expect(program.filter((one) => roomOf(one.from) === 'src/ports' && !one.isType)).toEqual([]);
  });

  it('lead from no program to a simulator, a test or a bench', () => {
    const away = program.filter(({ file }) => file && !/^(?:src|adapters)\//.test(file));
    expect(away.map(({ from, file }) => `${from} imports ${file}`)).toEqual([]);
  });

  it('name adapters in few files alone', () => {
    const naming = program.filter((one) => one.file?.startsWith('adapters/') && !one.from.startsWith('adapters/'));
    expect([...new Set(naming.map(({ from }) => from))]).toEqual([
      'src/compose.ts',
      'src/rooms.ts',
      'src/sinks.ts',
      'src/surveys.ts',
      'src/vaults.ts',
    ]);
  });

  it.each(['botbuilder', '@microsoft/agents-hosting'])(
    'name %s in one module, which is loaded where it is chosen',
    (sdk) => {
      const modules = new Set(program.filter(({ library }) => library?.startsWith(sdk)).map(({ from }) => from));
      expect(modules.size).toBe(1);
      const [only = ''] = modules;
      expect(program.filter(({ file }) => file === only).map(({ from }) => from)).toEqual(['adapters/teams/bots.ts']);
    },
  );

  it('keep each library of a service and of the store in its own room', () => {
    const homes: readonly (readonly [RegExp, string])[] = [
      [/^@slack\//, 'adapters/slack'],
      [/^botbuilder|^@microsoft\/agents/, 'adapters/teams'],
      [/^@azure\/arm-/, 'adapters/azure'],
      [/^@aws-sdk\/client-s3/, 'adapters/audit-s3'],
      // Roles are assumed in both.
      [/^@aws-sdk\/(?!client-s3|credential-providers)/, 'adapters/aws'],
      [/^bullmq$/, 'src/queue'],
      [/^fastify$/, 'src/http'],
      [/^yaml$/, 'src/config'],
      [/^(?:pino|prom-client)$|^@opentelemetry\//, 'src/observe'],
      [/^commander$/, 'src/cli'],
      [/^nodemailer$/, 'adapters/alarm-mail'],
    ];
    const strays = program.filter(({ from, library = '' }) =>
      homes.some(([pattern, home]) => pattern.test(library) && roomOf(from) !== home),
    );
    expect(strays.map(({ from, library }) => `${from} imports ${library}`)).toEqual([]);
  });

  it('let the simulators know the services and not us, but for the demo that runs us', () => {
    const knowing = simulated.filter(
      ({ from, file }) => !from.startsWith('simulators/demo/') && file !== undefined && !file.startsWith('simulators/'),
    );
    expect(knowing.map(({ from, file }) => `${from} imports ${file}`)).toEqual([]);
  });

  it('make no circle, types counted', () => {
    const edges = new Map<string, string[]>();
    for (const { from, file } of [...program, ...simulated, ...around])
      if (file) edges.set(from, [...(edges.get(from) ?? []), file]);
    expect(circles(edges)).toEqual([]);
  });

  it('lead a bench into an adapter by its index', () => {
    const entered = around.filter(({ from, file }) => from.startsWith('bench/') && file?.startsWith('adapters/'));
    expect(entered.length).toBeGreaterThan(5);
    const aside = entered.filter(({ file }) => !/^adapters\/(?:[\w-]+\/index|directory\/static)\.ts$/.test(file ?? ''));
    expect(aside.map(({ from, file }) => `${from} imports ${file}`)).toEqual([]);
  });

  it('make no circle of rooms, types counted', () => {
    const edges = new Map<string, string[]>();
    for (const { from, file } of program) {
      if (!file || SEES_ALL.test(from) || roomOf(from) === roomOf(file)) continue;
      edges.set(roomOf(from), [...(edges.get(roomOf(from)) ?? []), roomOf(file)]);
    }
    expect(circles(edges)).toEqual([]);
  });

  it('name files with their ending, and Node’s modules with `node:`', () => {
    const bare = [...program, ...simulated].filter(
      ({ file, library }) =>
        (file && posix.extname(file) === '') || (library && builtinModules.includes(library) && !library.includes(':')),
    );
    expect(bare).toEqual([]);
  });
});

/** Each circle that a walk from every file comes back on, as `a → b → a`. */
function circles(edges: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) found.push([...path.slice(at), file].join(' → '));
    if (at >= 0 || done.has(file)) return;
    for (const next of edges.get(file) ?? []) walk(next, [...path, file]);
    done.add(file);
  };
  for (const file of edges.keys()) walk(file, []);
  return found;
}
