import { type OidcSimulator, startOidcSimulator } from '../oidc/index.ts';
import { startPage } from '../page/server.ts';
import type { AzureBackend } from './config.ts';
import { fillQuarter } from './fill.ts';
import { freePort } from './free-port.ts';
import { isOpenToRequester, SHELL_MACHINE, startShell } from './shell.ts';
import { Stage } from './stage.ts';
import { type Demo, startDemo } from './start.ts';

interface ServeOptions {
  readonly folder: string;
  readonly appendfsync: 'everysec' | 'always';
  readonly azureBackend: AzureBackend;
  /** Google Cloud as well. */
  readonly gcp?: boolean;
  /** Of the page; 0 lets the system choose. */
  readonly port: number;
}

const MACHINES = ['web-1', 'jump-1', 'api-1', 'legacy-1'];

/** The demo with its page, until Ctrl-C. Everything it started is gone when this is done. */
export async function serve({ port, ...options }: ServeOptions): Promise<void> {
  const stop = interrupted();
  console.log('Starting Redis, Drawbridge, and simulators of the chats and clouds…');
  const provider = await startOidcSimulator();
  try {
    await serveWith(provider, { ...options, port }, stop);
  } finally {
    await provider.stop();
  }
  console.log('Stopped. Nothing is left running.');
}

async function serveWith(
  provider: OidcSimulator,
  { port, ...options }: ServeOptions,
  stop: Promise<void>,
): Promise<void> {
  const shell = await startShell();
  const shellPort = options.azureBackend === 'firewall' ? undefined : shell.port;
  const { demo, boardUrl } = await startWithBoard(provider, {
    ...options,
    ...(shellPort === undefined ? {} : { shellPort }),
  }).catch(async (error: unknown) => {
    await shell.stop();
    throw error;
  });
  shell.openWhile(() => isOpenToRequester(demo.services, shell.port));
  try {
    await protectMachines(demo, shellPort);
    let isRestarting = false;
    const page = await startPage({
      ...demo.services,
      port,
      boardUrl,
      programStatus: () => (isRestarting || demo.ended() !== undefined ? 'stopped' : 'running'),
      async restartProgram() {
        isRestarting = true;
        try {
          await demo.killAndRestart();
        } finally {
          isRestarting = false;
          page.changed();
        }
      },
    });
    try {
      console.log(
        welcome({ url: page.url, board: boardUrl, logFile: demo.logFile, shellPort, hasGoogle: options.gcp === true }),
      );
      await stop;
      console.log('\nStopping …');
    } finally {
      await page.stop();
    }
  } finally {
    await demo.stop();
    await shell.stop();
  }
}

/** The demo with a board that has a quarter behind it; `provider` signs people in to it. */
export async function startWithBoard(
  provider: OidcSimulator,
  options: Omit<ServeOptions, 'port'>,
): Promise<{ readonly demo: Demo; readonly boardUrl: string }> {
  const port = await freePort();
  const board = { url: `http://localhost:${port}`, provider };
  provider.register(`${board.url}/sign-in`);
  const demo = await startDemo({ ...options, port, board, shortest: '30s', azureMinimum: 0, isCompany: true });
  try {
    await fillQuarter(options.folder);
  } catch (error) {
    await demo.stop();
    throw error;
  }
  return { demo, boardUrl: `${board.url}/board` };
}

/** The page opens on machines that are protected already; what others let stand open on two of them is left to try. */
async function protectMachines({ services }: Demo, shellPort: number | undefined): Promise<void> {
  const stage = new Stage(services, () => {});
  try {
    for (const machine of [...MACHINES, ...(services.gcp ? ['query-1'] : [])])
      await stage.slack('security', `/jit protect ${machine} usual leaving`);
    if (shellPort !== undefined) await stage.slack('security', `/jit protect ${SHELL_MACHINE} ${shellPort}`);
  } finally {
    stage.stop();
  }
}

interface Welcome {
  readonly url: string;
  readonly board: string;
  readonly logFile: string;
  readonly shellPort: number | undefined;
  readonly hasGoogle: boolean;
}

function welcome({ url, board, logFile, shellPort, hasGoogle }: Welcome): string {
  const ssh = `
  At a command line:               npx jit login ${new URL(board).origin}    (sign in as Ada)
                                   npx jit ssh ${SHELL_MACHINE} --port ${shellPort} --because "a look"
`;
  return `
  The demo is ready:  ${url}

  The board:          ${board}   (sign in as Sam Haddad, who sees all of it)

  Try it: in Slack, type   /jit request web-1 ssh for 2m because release 4711
          in Teams, press Approve, and watch the rule come and go below.
  Two decide about jump-1:         /jit request jump-1 ssh because a look at the queue
  In an emergency:                 /jit break-glass web-1 ssh because everything is down
  A rule seems to close build-1:   /jit why build-1 22 from 203.0.113.7
${hasGoogle ? '  In Google Cloud:                 /jit request query-1 ssh for 2m because a slow query\n' : ''}${shellPort === undefined ? '' : ssh}
  The program's log:  ${logFile}
  Stop with Ctrl-C.
`;
}

/** Resolves at the first Ctrl-C or SIGTERM. The second one does not wait for a clean end. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    let isSecond = false;
    const onSignal = () => {
      if (isSecond) process.exit(130);
      isSecond = true;
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
