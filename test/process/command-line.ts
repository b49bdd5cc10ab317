import { execFile, spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { JIT } from '../../simulators/demo/jit.ts';
import type { OidcSimulator } from '../../simulators/oidc/index.ts';
import { TestBrowser } from '../../simulators/shared/browser.ts';

export { JIT };

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

type Environment = Readonly<Record<string, string>>;

/** Computers of people, each with a state folder of its own below `folder`, whose programs come first. */
export function atCommandLine(folder: string, at: () => { readonly url: string; readonly oidc: OidcSimulator }) {
  const envOf = (who: string) => ({
    ...{ PATH: [folder, process.env.PATH].join(delimiter), HOME: folder, NO_COLOR: '1' },
    XDG_STATE_HOME: join(folder, who),
  });

  function run(env: Environment, ...words: readonly string[]): Promise<Ran> {
    return new Promise((resolve) => {
      const options = { env, cwd: folder, timeout: 120_000 };
      const child = execFile(process.execPath, [JIT, ...words], options, (error, out, told) =>
        resolve({ code: Number(error?.code ?? 0), out: out.trim(), error: told.trim() }),
      );
      child.stdin?.end();
    });
  }

  /** Signs in as somebody does with a browser: `press` is whom they pick. */
  async function login(who: string, press: string, ...words: readonly string[]): Promise<Ran> {
    const { url, oidc } = at();
    const child = spawn(process.execPath, [JIT, 'login', url, ...words], { env: envOf(who), cwd: folder });
    let [out, error, isOpened] = ['', '', false];
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => {
      error += data;
      const address = /^(http\S+authorize\S+)$/m.exec(error)?.[1];
      const code = /type ([A-Z]{9})/.exec(error)?.[1];
      if (isOpened || (!address && !code)) return;
      isOpened = true;
      if (code) oidc.typeCode(code, press === '' ? undefined : press);
      const browser = new TestBrowser();
      if (address) void browser.open(address).then((page) => browser.press(page, press));
    });
    const code = await new Promise<number>((resolve) => child.once('exit', (given) => resolve(given ?? -1)));
    return { code, out: out.trim(), error: error.trim() };
  }

  return { envOf, run, login, jit: (who: string, ...words: readonly string[]) => run(envOf(who), ...words) };
}
