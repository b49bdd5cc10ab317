import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { keepAudit } from './audit.ts';
import { AZURE_BACKENDS } from './config.ts';
import { hanging } from './hanging.ts';
import { once } from './once.ts';
import { startDemo } from './start.ts';

const OPTIONS = {
  once: { type: 'boolean', default: false },
  appendfsync: { type: 'string', default: 'everysec' },
  port: { type: 'string', default: '0' },
  azure: { type: 'string', default: 'defender' },
  gcp: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const HELP = `npm run demo                     run everything on loopback, with a page
npm run demo -- --once           print one request's whole life on each cloud
  --azure defender|nsg|firewall  how ports are opened in Azure
  --gcp                          Google Cloud as a third cloud
  --appendfsync everysec|always  how often Redis syncs to disk
  --port <n>                     port of the page (default: any free one)`;

/** The demo: simulators, the real program, the page. Ends cleanly on Ctrl-C with nothing left running. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { appendfsync, gcp } = values;
  const azureBackend = AZURE_BACKENDS.find((one) => one === values.azure);
  if (!azureBackend) {
    console.error(`--azure must be ${AZURE_BACKENDS.join(', ').replace(/, (?=[^,]*$)/, ', or ')}.`);
    return 2;
  }
  if (appendfsync !== 'everysec' && appendfsync !== 'always') {
    console.error('--appendfsync must be everysec or always.');
    return 2;
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    console.error('--port must be a number from 0 to 65535.');
    return 2;
  }
  clearLeftovers('.data');
  const folder = join('.data', `demo-${process.pid}`);
  const began = performance.now();
  if (values.once) {
    const demo = await startDemo({
      folder,
      appendfsync,
      azureBackend,
      shortest: '3s',
      azureMinimum: 0,
      isCompany: true,
      gcp,
    });
    const stamped = (line: string) => console.log(hanging(`${new Date().toISOString().slice(11, 23)}  `, line));
    try {
      const left = await once(demo, stamped);
      const seconds = ((performance.now() - began) / 1_000).toFixed(1);
      console.log(
        `\n${left === 0 ? 'Every rule of Drawbridge is closed' : `Rules of Drawbridge still open: ${left}`}. ${seconds} s.`,
      );
      console.log('\nThe audit, as an auditor checks it:');
      for (const line of await keepAudit(folder, join('.data', 'demo-audit'))) console.log(hanging('  ', line));
      return left === 0 ? 0 : 1;
    } finally {
      await demo.stop();
    }
  }
  const { serve } = await import('./serve.ts');
  await serve({ folder, appendfsync, azureBackend, gcp, port });
  return 0;
}

/** Folders of demos that were killed before they could clean up. */
function clearLeftovers(data: string): void {
  try {
    for (const name of readdirSync(data)) {
      const pid = /^demo-(\d+)$/.exec(name)?.[1];
      if (pid && !isAlive(Number(pid))) rmSync(join(data, name), { recursive: true, force: true });
    }
  } catch {
    // There is no such folder yet, or it is not ours to clear.
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`The demo stopped: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
