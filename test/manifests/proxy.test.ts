import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, read } from './files.ts';

/** What only operators ask, or probes from inside. */
const INSIDE = ['/readyz', '/status', '/metrics'];
const FOLDERS = ['src/web', 'src/http', 'adapters/slack', 'adapters/teams'];

/** The first part of each path that the program serves. */
function served(): readonly string[] {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => read(join(folder, name))),
  );
  const paths = files.flatMap((text) => [
    ...text.matchAll(/(?:\bpath: (?:settings\.path \?\? )?|_PATH = )'(\/[^']*)'/g),
  ]);
  return [...new Set(paths.map(([, path = '']) => path.replace(/\/:.*$/, '/')))].filter(
    (path) => !INSIDE.includes(path),
  );
}

const nginx = [...read('manifests/proxy/nginx.conf').matchAll(/^ {4}location (=?) *(\/\S*) +\{ include/gm)];
const caddy = (/@outside path (.+)/.exec(read('manifests/proxy/Caddyfile'))?.[1] ?? '').split(' ');
const balancer = [
  ...read('manifests/aws/fargate.yaml').matchAll(/PathPatternConfig: \{ Values: \[(.+?)\] \}/g),
].flatMap(([, list = '']) => list.split(', '));

test('every path that is served to the outside is let through by each proxy', () => {
  expect(served().length).toBeGreaterThan(5);
  const byNginx = (path: string) =>
    nginx.some(([, exact, prefix = '']) => (exact ? path === prefix : path.startsWith(prefix)));
  const byPattern = (patterns: readonly string[]) => (path: string) =>
    patterns.some((one) => (one.endsWith('*') ? path.startsWith(one.slice(0, -1)) : path === one));
  expect(served().filter((path) => !byNginx(path))).toEqual([]);
  expect(served().filter((path) => !byPattern(caddy)(path))).toEqual([]);
  expect(served().filter((path) => !byPattern(balancer)(path))).toEqual([]);
});

test('what operators ask is let through by none', () => {
  for (const path of INSIDE) {
    expect(read('manifests/proxy/nginx.conf')).not.toContain(` ${path} `);
    expect(caddy).not.toContain(path);
    expect(balancer).not.toContain(path);
  }
  // A prefix of everything would let them through.
  expect([...caddy, ...balancer].filter((one) => one === '/*' || one === '*')).toEqual([]);
  expect(nginx.filter(([, exact, prefix]) => exact === '' && prefix === '/')).toEqual([]);
});

test('what a client says of its own address is not passed on', () => {
  const upstream = read('manifests/proxy/nginx-upstream.conf');
  expect(upstream).toContain('proxy_set_header X-Forwarded-For $remote_addr;');
  expect(upstream).not.toContain('$proxy_add_x_forwarded_for');
  for (const name of ['X-Real-IP', 'Forwarded']) {
    expect(upstream).toContain(`proxy_set_header ${name} "";`);
    expect(read('manifests/proxy/Caddyfile')).toContain(`header_up -${name}`);
  }
});
