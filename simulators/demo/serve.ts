import { startPage } from '../page/server.ts';
import type { AzureBackend } from './config.ts';
import { Stage } from './stage.ts';
import { startDemo } from './start.ts';

interface ServeOptions {
  readonly folder: string;
  readonly appendfsync: 'everysec' | 'always';
  readonly azureBackend: AzureBackend;
  /** Of the page; 0 lets the system choose. */
  readonly port: number;
}

const MACHINES = ['web-1', 'jump-1', 'api-1', 'legacy-1'];

/** The demo with its page, until Ctrl-C. Everything it started is gone when this is done. */
export async function serve({ port, ...options }: ServeOptions): Promise<void> {
  const stop = interrupted();
  console.log('Starting Redis, Drawbridge, and simulators of Slack, Teams, Azure, and AWS…');
  const demo = await startDemo({ ...options, shortest: '30s', azureMinimum: 0, isCompany: true });
  try {
    await protectMachines(demo);
    let isRestarting = false;
    const page = await startPage({
      ...demo.services,
      port,
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
      console.log(welcome(page.url, demo.logFile));
      await stop;
      console.log('\nStopping …');
    } finally {
      await page.stop();
    }
  } finally {
    await demo.stop();
  }
  console.log('Stopped. Nothing is left running.');
}

/** The page opens on machines that are protected already; what others let stand open on two of them is left to try. */
async function protectMachines({ services }: Awaited<ReturnType<typeof startDemo>>): Promise<void> {
  const stage = new Stage(services, () => {});
  try {
    for (const machine of MACHINES) await stage.slack('security', `/jit protect ${machine} usual leaving`);
  } finally {
    stage.stop();
  }
}

function welcome(url: string, logFile: string): string {
  return `
  The demo is ready:  ${url}

  Try it: in Slack, type   /jit request web-1 ssh for 2m because release 4711
          in Teams, press Approve, and watch the rule come and go below.
  Two decide about jump-1:         /jit request jump-1 ssh because a look at the queue
  When it burns:                   /jit break-glass web-1 ssh because everything is down
  A rule seems to close build-1:   /jit why build-1 22 from 203.0.113.7

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
