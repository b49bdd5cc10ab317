import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);

/** Runs a line of code in a process like those of this run, with a list of its own. */
async function attempt(code: string): Promise<{ readonly out: string; readonly denied: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-denied-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const list = join(folder, 'list');
  const env = { ...process.env, DENIED_CONNECTIONS: list };
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { env });
  let denied = '';
  try {
    denied = readFileSync(list, 'utf8');
  } catch {
    // Nothing was denied.
  }
  return { out: stdout.trim(), denied };
}

describe('the test run', () => {
  it.each([
    ['fetch', `await fetch('http://192.0.2.1/').catch(() => console.log('refused'))`],
    ['a socket', `import net from 'node:net'; try { net.connect(80, '192.0.2.1') } catch { console.log('refused') }`],
    [
      'a name',
      `import https from 'node:https'; try { https.get('https://slack.com/').on('error', () => {}) } catch { console.log('refused') }`,
    ],
    [
      'a datagram',
      `import dgram from 'node:dgram'; try { dgram.createSocket('udp4').send('x', 53, '192.0.2.1') } catch { console.log('refused') } process.exit()`,
    ],
  ])('cannot leave loopback by %s', async (_, code) => {
    const { out, denied } = await attempt(code);
    expect(out).toBe('refused');
    expect(denied).toMatch(/192\.0\.2\.1|slack\.com/);
  });

  it('reaches loopback', async () => {
    const code = `import http from 'node:http'; const s = http.createServer((_, r) => r.end('here')).listen(0, '127.0.0.1', async () => {
      console.log(await (await fetch('http://127.0.0.1:' + s.address().port)).text()); s.close(); });`;
    expect(await attempt(code)).toEqual({ out: 'here', denied: '' });
  });
});
