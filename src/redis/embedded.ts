import { chmod, mkdir, realpath } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '../ports/log.ts';
import { attach, type Connected, type Fsync, launch } from './embedded-server.ts';
import { withFolderLock } from './folder-lock.ts';

const START_LIMIT_MS = 180_000;
const RESTART_AFTER_MS = 1_000;

export interface EmbeddedRedisOptions {
  /** Where its data are, kept between starts. Made when missing, readable by this user only. */
  readonly dataDir: string;
  /** Where a downloaded server is kept: the project's `.cache/redis` unless told otherwise. */
  readonly cacheDir?: string;
  /** `everysec` may lose the last second in a power cut; `always` loses nothing and costs half the speed. */
  readonly appendfsync?: Fsync;
  readonly log?: Log;
}

export interface EmbeddedRedis {
  /** As ioredis takes it: the path of a Unix socket, or `redis://:password@127.0.0.1:port`. */
  readonly url: string;
  /** The server's process now; another one after it died and was started again. */
  readonly pid: number;
  /** True when the server was already running: its starter was killed, or another program uses the same folder. */
  readonly reused: boolean;
  /** Stops the server unless another program still uses it. The data stay. May be called twice. */
  stop(): Promise<void>;
}

/**
 * A private Redis as a child process, reachable from this computer only, that keeps what it is given: every write goes
 * to a file first, and nothing is evicted. There is one server for each folder, however many programs start at once; a
 * server that dies is started again. When this program is killed with -9 its server lives on, and the next start finds
 * it.
 *
 * @throws JitError `missingProgram` when there is no Redis and none can be fetched, or an Error of one line
 */
export async function startEmbeddedRedis(options: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  await chmod(options.dataDir, 0o700);
  const keeper = new Keeper({ ...options, dataDir: await realpath(options.dataDir) });
  await keeper.start();
  return keeper;
}

class Keeper implements EmbeddedRedis {
  readonly #options: EmbeddedRedisOptions;
  #server!: Connected;
  #restarting: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: EmbeddedRedisOptions) {
    this.#options = options;
  }

  get url(): string {
    return this.#server.url;
  }

  get pid(): number {
    return this.#server.pid;
  }

  get reused(): boolean {
    return this.#server.child === undefined;
  }

  async start(): Promise<void> {
    const { dataDir, cacheDir, log, appendfsync = 'everysec' } = this.#options;
    const server = await withFolderLock(
      dataDir,
      START_LIMIT_MS,
      async () => (await attach(dataDir, appendfsync)) ?? (await launch({ dataDir, cacheDir, appendfsync, log })),
    );
    this.#server = server;
    process.on('exit', this.#onExit);
    server.client.once('end', () => {
      if (!this.#stopped) this.#restarting = this.#restart();
    });
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    await this.#restarting;
    process.off('exit', this.#onExit);
    await withFolderLock(this.#options.dataDir, START_LIMIT_MS, () => this.#server.leave());
  }

  async #restart(): Promise<void> {
    process.off('exit', this.#onExit);
    while (!this.#stopped) {
      this.#options.log?.error({ folder: this.#options.dataDir }, 'the embedded Redis died; starting it again');
      try {
        return await this.start();
      } catch (error) {
        this.#options.log?.error({ error: String(error) }, 'the embedded Redis could not be started again');
        await wait(RESTART_AFTER_MS);
      }
    }
  }

  /** A program that ends without `stop` (an uncaught exception) must not leave the server that it started. */
  readonly #onExit = (): void => {
    this.#server.child?.kill('SIGTERM');
  };
}
