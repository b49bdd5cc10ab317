import { spawn } from 'node:child_process';
import { isLoopback } from '../../config/loopback.ts';

/** What opens an address or a file, by system. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
  linux: ['xdg-open'],
};

/** Opens a page in the browser of whoever sits here; false where there is none. Only pages over TLS, and those of loopback. */
export async function openPage(address: string): Promise<boolean> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || (url.protocol !== 'https:' && !isLoopback(url.href))) return false;
  return openWith(url.href);
}

/** Opens a file or address that was checked. It is one argument, and no shell reads it. */
export async function openWith(what: string): Promise<boolean> {
  const [program, ...more] = OPENERS[process.platform] ?? ['xdg-open'];
  return new Promise((resolve) => {
    const child = spawn(program, [...more, what], { stdio: 'ignore', detached: true, shell: false });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
