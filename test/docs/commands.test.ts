import { execFile, execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoSecrets } from '../../simulators/demo/config.ts';
import { JIT } from '../../simulators/demo/jit.ts';
import { type Demo, startDemo } from '../../simulators/demo/start.ts';
import { type CommandLine, commandsIn, spansIn } from './command-lines.ts';
import { VENDOR_TOOLS, vendorFault } from './vendor-commands.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const PAGES = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...globSync(['docs/*.md', 'manifests/**/*.md'], { cwd: ROOT }).toSorted(),
];
const COMMANDS = PAGES.flatMap((page) => commandsIn(read(page)).map((command) => ({ page, ...command })));
const JIT_COMMANDS = COMMANDS.filter(({ program }) => program === 'jit');

/** What a host has; none of it is Drawbridge's. */
const HOST = [
  ...['cat', 'cd', 'chmod', 'cp', 'curl', 'git', 'install', 'mv', 'npm', 'openssl', 'printf', 'rm'],
  ...['nginx', 'ssh-keygen', 'systemctl', 'tar', 'tee', 'useradd'],
];
/** Commands that do not end by themselves, ask, or want a key: where each of them is run. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  start: 'simulators/demo/program.ts',
  init: 'test/process/init-terminal.test.ts',
  'break-glass': 'test/process/break-glass.test.ts',
  webhooks: 'test/process/webhooks.test.ts',
};

describe('a page is read as a shell reads it', () => {
  it.each([
    ['a b\nc', ['a b', 'c']],
    ['a b && c | d; e', ['a b', 'c', 'd', 'e']],
    ['a \\\n  --b c', ['a --b c']],
    ['# no\na # no', ['a']],
    ["a > file && X=y b 2> '/dev/null'", ['a', 'b']],
    [`a --b '["/x","/y z"]' "c d" <one two>`, ['a --b ["/x","/y z"] c d <one two>']],
    ["cat > f <<'END'\nsecret && x\nEND\nb", ['cat', 'b']],
    ['sudo npx a', ['npx a']],
  ])('%j', (text, expected) => {
    const said = commandsIn(`\`\`\`sh\n${text}\n\`\`\`\n`).map(({ program, words }) => [program, ...words].join(' '));
    expect(said).toEqual(expected);
  });

  it('and its running text', () => {
    const said = spansIn('`npx jit doctor`, `/jit why`, `jit ssh web-1`\n```sh\n`jit no`\n```\n').map(
      ({ text }) => text,
    );
    expect(said).toEqual(['npx jit doctor', 'jit ssh web-1']);
  });
});

describe('the commands of the pages', () => {
  it('are of programs that are known', () => {
    const known = [...HOST, 'jit', ...Object.keys(VENDOR_TOOLS)];
    expect(
      COMMANDS.filter(({ program }) => !known.includes(program)).map(({ page, text }) => `${page}: ${text}`),
    ).toEqual([]);
    expect(COMMANDS.length).toBeGreaterThan(60);
  });

  it('of npm name scripts that are there', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const own = ['ci', 'install', 'pack', 'prune', 'start', 'test', 'audit', 'version'];
    const wrong = COMMANDS.filter(({ program }) => program === 'npm').filter(({ words: [verb = '', script = ''] }) =>
      verb === 'run' ? !(script in scripts) : !own.includes(verb),
    );
    expect(wrong.map(({ text }) => text)).toEqual([]);
  });

  it('of the clouds’ own tools have the names and options of the vendors’ references', () => {
    const wrong = COMMANDS.filter(({ program }) => program in VENDOR_TOOLS).flatMap(({ page, program, words }) => {
      const fault = vendorFault(program, words);
      return fault === undefined ? [] : [`${page}: ${fault}`];
    });
    expect(wrong).toEqual([]);
  });

  it('a wrong one of these would be told', () => {
    expect(vendorFault('az', ['role', 'assign'])).toContain('no such command');
    expect(vendorFault('az', ['role', 'assignment', 'create', '--for', 'x'])).toContain('no --for');
    expect(vendorFault('kubectl', ['apply', '--kustomize', 'x'])).toBeUndefined();
  });

  it('of the clouds’ own tools are called unverified in their page', () => {
    const pages = new Set(COMMANDS.filter(({ program }) => program in VENDOR_TOOLS).map(({ page }) => page));
    expect(pages.size).toBeGreaterThan(5);
    expect([...pages].filter((page) => !/unverified/i.test(read(page)))).toEqual([]);
  });
});

describe('the commands of jit', () => {
  /** Each command by its path, with what may follow it, from the table of commands itself. */
  const table = new Map(
    [
      ...execFileSync(process.execPath, [JIT, 'completion', 'bash'], { encoding: 'utf8' }).matchAll(
        /^ {4}"([^"]*)"\) words="([^"]*)"/gm,
      ),
    ].map(([, path = '', words = '']) => [path, words.split(' ')] as const),
  );

  function faultOf({ words, text }: CommandLine): string | undefined {
    // `jit <verb>` and `jit …` stand for any.
    const said = words[0] === '-c' ? words.slice(2) : words;
    let path = '';
    for (const word of said) {
      if (!table.has(`${path}/${word}`)) break;
      path += `/${word}`;
    }
    const behind = text.includes(' -- ') ? said.slice(0, said.indexOf('--')) : said;
    const options = behind.flatMap((word) => /^\[?(--[a-z-]+)/.exec(word)?.[1] ?? []);
    const wrong = options.filter((option) => ![...(table.get(path) ?? []), ...(table.get('') ?? [])].includes(option));
    if (wrong.length > 0) return `${text}: no ${wrong.join(', ')}`;
    const verb = said[0] ?? '';
    return path === '' && /^[a-z]/.test(verb) ? `${text}: no such command` : undefined;
  }

  it.each(PAGES)('in %s are commands with options that they have', (page) => {
    const all = [...commandsIn(read(page)), ...spansIn(read(page))].filter(({ program }) => program === 'jit');
    expect(all.flatMap((command) => faultOf(command) ?? [])).toEqual([]);
  });

  it('are told where they are wrong', () => {
    const fault = (text: string) => faultOf({ program: 'jit', words: text.split(' '), text: `jit ${text}` });
    expect(fault('rolls azure')).toContain('no such command');
    expect(fault('roles azure --four x')).toContain('no --four');
    expect(fault('roles azure --for program')).toBeUndefined();
    expect(table.size).toBeGreaterThan(50);
  });

  describe('in a clean folder, beside a program that runs', () => {
    let demo: Demo;
    let folder: string;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'drawbridge-pages-'));
      demo = await startDemo({ folder, shortest: '3s', azureMinimum: 0, appendfsync: 'everysec' });
    });
    afterAll(() => demo.stop());

    const run = (words: readonly string[]) =>
      new Promise<{ readonly code: number; readonly out: string }>((resolve) => {
        const env = { PATH: process.env.PATH, HOME: folder, ...demoSecrets(demo.services) };
        const options = { cwd: folder, env, timeout: 150_000 };
        const child = execFile(process.execPath, [JIT, ...words], options, (error, out, told) =>
          resolve({ code: Number(error?.code ?? 0), out: `${out}${told}` }),
        );
        child.stdin?.end();
      });

    const runs = [...new Map(JIT_COMMANDS.map((command) => [command.words.join(' '), command])).values()].filter(
      ({ words }) => !words.some((word) => word in ELSEWHERE),
    );

    it('are many', () => {
      expect(runs.length).toBeGreaterThan(6);
      const left = JIT_COMMANDS.flatMap(({ words }) => words.filter((word) => word in ELSEWHERE));
      expect([...new Set(left)].toSorted()).toEqual(Object.keys(ELSEWHERE).toSorted());
    });

    it.each(runs)('$text', { timeout: 600_000 }, async ({ words }) => {
      let last = await run(words);
      // On a busy machine the doctor may run out of its time with somebody: then once more.
      const most = words.includes('doctor') ? 4 : 1;
      for (let tries = 1; tries < most && last.code !== 0; tries += 1) last = await run(words);
      expect([last.code, last.code === 0 ? '' : last.out]).toEqual([0, '']);
    });
  });
});
