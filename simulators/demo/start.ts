import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asCompany, groupsInEntra } from './company.ts';
import { type DemoSettings, demoConfig, demoSecrets, keepInStores, STORED } from './config.ts';
import { behindFirewall } from './firewall.ts';
import { type Program, startProgram } from './program.ts';
import { withOneThatSeemsClosed } from './seems-closed.ts';
import { type Services, startServices } from './services.ts';
import { withShell } from './shell.ts';

export interface Demo {
  readonly services: Services;
  /** The program as it runs now: another one after a restart. */
  program(): Program;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** A new one on the same data, after one that was killed. */
  restart(): Promise<void>;
  /** `kill -9`, and a new one on the same data. */
  killAndRestart(): Promise<void>;
  /** How the program ended, when it has; a killed one that runs again has not. */
  ended(): string | undefined;
  readonly logFile: string;
  stop(): Promise<void>;
}

export interface DemoOptions extends Omit<DemoSettings, 'port'> {
  readonly azureMinimum: 0 | 5;
  /** People come from Entra, and there is more than one policy. */
  readonly isCompany?: boolean;
  /** Further words of `jit start`. */
  readonly words?: readonly string[];
  /** The file of `jit`, if not that of these sources. */
  readonly jit?: string;
  /** A port for the program; 0 (the default) lets the system choose. */
  readonly port?: number;
}

/** Starts the four services and the real program on loopback. The folder is emptied first and last. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { folder, port = 0, words, jit } = options;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { azureMinimum, azureBackend = 'defender' } = options;
  const services = await startServices({
    azureMinimum,
    azureWorld: azureBackend === 'firewall' ? behindFirewall() : withShell(withOneThatSeemsClosed(), options.shellPort),
  });
  // Without its plan Defender refuses everything: the demo then shows that none of it is needed.
  if (azureBackend !== 'defender') services.azure.human.setPlan('Free');
  const [configFile, logFile] = [join(folder, 'drawbridge.yaml'), join(folder, 'program.log')];
  writeFileSync(join(folder, 'teams-ca.pem'), services.teams.caPem);
  writeFileSync(join(folder, 'azure-ca.pem'), services.azure.ca);
  if (options.inStores) keepInStores(services);
  const config = demoConfig(services, { ...options, port });
  if (options.isCompany) groupsInEntra(services);
  writeFileSync(configFile, options.isCompany ? asCompany(config, options.shellPort) : config);
  let ended: string | undefined;
  const start = async () => {
    const all = Object.entries(demoSecrets(services, options.board));
    const stored: readonly string[] = options.inStores ? STORED : [];
    const secrets = Object.fromEntries(all.filter(([name]) => !stored.includes(name)));
    const started = await startProgram({ configFile, logFile, secrets, words, jit });
    ended = undefined;
    void started.ended.then((how) => {
      ended = how;
    });
    services.setTarget(started.url);
    return started;
  };
  let program: Program;
  try {
    program = await start();
  } catch (error) {
    await services.stop();
    throw error;
  }
  return {
    services,
    logFile,
    program: () => program,
    ended: () => ended,
    kill: () => program.kill(),
    async restart() {
      program = await start();
    },
    async killAndRestart() {
      await program.kill();
      program = await start();
    },
    async stop() {
      await program.stop();
      await services.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
