import { JitError } from '../../src/core/errors/errors.ts';
import type { Instant } from '../../src/core/language/instant.ts';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import type { Allowed } from '../../src/kit/call.ts';
import type { Clock } from '../../src/kit/clock.ts';
import { dateIn } from '../../src/kit/date-of.ts';
import { pollUntil } from '../../src/kit/poll.ts';
import { type RetryRow, retrying } from '../../src/kit/retry.ts';
import type { CallOutcome, CallWatch } from '../../src/ports/meter.ts';
import { asJitError, ComputeRefusal, isReason, strange } from './errors.ts';
import type { GcpSettings } from './settings.ts';
import { signInOf } from './sign-in.ts';

const CALL_MS = 10 * SECOND_MS;
/** An operation on a rule takes seconds; longer ones are found out by reading at the next try. */
const OPERATION = { tries: 30, betweenMs: SECOND_MS };
/** Pages of a list: 500 entries each. */
const MOST_PAGES = 200;

const AGAIN: readonly RetryRow[] = [
  {
    what: 'another change to the same rule is under way',
    fits: (error) => isReason(error, 'resourceNotReady'),
    tries: 5,
    firstMs: SECOND_MS,
    growth: 'linear',
  },
];

interface Operation {
  readonly name?: string;
  readonly status?: string;
  readonly error?: { readonly errors?: readonly { readonly code?: string; readonly message?: string }[] };
  readonly httpErrorStatusCode?: number;
}

type Query = Readonly<Record<string, string>>;

/** Compute Engine's REST API by fetch; signing in is google-auth-library's. Errors are JitErrors. */
export class ComputeClient {
  readonly #signIn: ReturnType<typeof signInOf>;
  readonly #compute: string;
  readonly #resources: string;
  readonly #clock: Clock;
  readonly #called: CallWatch | undefined;
  #ahead: { readonly cloud: Instant; readonly here: Instant } | undefined;

  constructor(settings: GcpSettings, clock: Clock, called?: CallWatch) {
    const { endpoint } = settings;
    this.#signIn = signInOf(settings);
    this.#compute = `${endpoint ?? 'https://compute.googleapis.com'}/compute/v1`;
    this.#resources = `${endpoint ?? 'https://cloudresourcemanager.googleapis.com'}/v1`;
    this.#clock = clock;
    this.#called = called;
  }

  /** Google's own time by the `Date` of its last answer; undefined before the first one. */
  cloudNow(): Instant | undefined {
    return this.#ahead && this.#ahead.cloud + this.#clock.now() - this.#ahead.here;
  }

  /** A resource or a list, which names its own kind (`compute#firewall`); a list without items has one too. */
  async get<T>({ path, kind, query }: Wanted, signal: AbortSignal): Promise<T> {
    const answer = await this.plain<T & { readonly kind?: string }>(path, query, signal);
    if (answer.kind !== `compute#${kind}`) throw strange();
    return answer;
  }

  /** For what has no kind. */
  plain<T>(path: string, query: Query | undefined, signal: AbortSignal): Promise<T> {
    const text = new URLSearchParams({ ...query }).toString();
    return this.#call<T>({ method: 'GET', url: `${this.#compute}${path}${text === '' ? '' : `?${text}`}` }, signal);
  }

  /** All pages of a list. */
  async *pages<T extends { readonly nextPageToken?: string }>(
    { path, kind, query }: Wanted,
    signal: AbortSignal,
  ): AsyncGenerator<T> {
    let token: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const more: Query = token === undefined ? {} : { pageToken: token };
      const answer = await this.get<T>({ path, kind, query: { ...query, ...more } }, signal);
      yield answer;
      token = answer.nextPageToken;
      if (token === undefined) return;
    }
    throw asJitError(new ComputeRefusal(400, 'tooManyPages', `${path} has more than ${MOST_PAGES} pages`));
  }

  /**
   * One change of a rule, to the end of its operation, which may fail after its 200. It carries no `requestId`: how long Google
   * remembers one is not said, and a rule's name already makes an insert and a delete happen once.
   */
  async change({ project, method, path, body }: Change, { signal, beforeCall }: Allowed): Promise<void> {
    const begun = await retrying(AGAIN, this.#clock, signal, () => {
      signal.throwIfAborted();
      beforeCall();
      const url = `${this.#compute}/projects/${project}/global/${path}`;
      return this.#call<Operation>({ method, url, body, isChange: true }, signal);
    });
    const done = await pollUntil<Operation>({ ...OPERATION, signal }, this.#clock, async ({ number }) => {
      const { name } = begun;
      if (name === undefined) throw strange();
      const now =
        number === 1
          ? begun
          : await this.get<Operation>(
              { path: `/projects/${project}/global/operations/${name}`, kind: 'operation' },
              signal,
            );
      if (now.status === 'DONE') return { done: now };
      return { notYet: new JitError('cloudBusy', { cloud: 'Google Cloud' }) };
    });
    const [failed] = done.error?.errors ?? [];
    if (failed)
      throw asJitError(
        new ComputeRefusal(done.httpErrorStatusCode ?? 400, failed.code ?? 'failed', failed.message ?? ''),
      );
  }

  /** Which of these rights we have in a project (Resource Manager, projects.testIamPermissions). */
  async rights(project: string, permissions: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const url = `${this.#resources}/projects/${project}:testIamPermissions`;
    const asked = { method: 'POST', url, body: { permissions } };
    return (await this.#call<{ readonly permissions?: readonly string[] }>(asked, signal)).permissions ?? [];
  }

  async #call<T>({ method, url, body, isChange = false }: Sending, signal: AbortSignal): Promise<T> {
    let ended: ReturnType<CallWatch> | undefined;
    try {
      const token = await this.#token();
      ended = this.#called?.({ cloud: 'gcp', ...namesIn(method, url), isChange });
      const within = AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]);
      const answer = await fetch(url, {
        method,
        signal: within,
        redirect: 'error',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const at = dateIn(answer.headers.get('date'), answer.headers.get('age'));
      if (at !== undefined) this.#ahead = { cloud: at, here: this.#clock.now() };
      const content: unknown = await answer.json().catch(() => undefined);
      const { status } = answer;
      ended?.(outcomeOf(status), { status, ...(isChange ? idIn(content) : {}) });
      ended = undefined;
      if (!answer.ok) throw refusalIn(answer.status, content);
      if (!isObject(content)) throw strange();
      return content as T;
    } catch (error) {
      ended?.('failed');
      signal.throwIfAborted();
      throw asJitError(error);
    }
  }

  async #token(): Promise<string> {
    try {
      const token = await this.#signIn();
      if (token) return token;
    } catch (error) {
      const status = (error as { readonly response?: { readonly status?: number } }).response?.status;
      throw new ComputeRefusal(status ?? 401, 'signIn', error instanceof Error ? error.message : 'no credentials');
    }
    throw new ComputeRefusal(401, 'signIn', 'no access token');
  }
}

/** What is read: its path behind the version, what it calls itself, and the parameters of the reading. */
interface Wanted {
  readonly path: string;
  readonly kind: string;
  readonly query?: Query;
}

interface Sending {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
  readonly isChange?: boolean;
}

/** Nothing of a URL but its project, and what kind of thing is called: `POST firewalls`. */
function namesIn(method: string, url: string): { readonly account: string; readonly operation: string } {
  const [, account = '', after = ''] =
    /\/projects\/([^/:?]+)(?:\/(?:global|zones\/[^/]+|regions\/[^/]+|aggregated))?\/?(\w*)/.exec(url) ?? [];
  return { account, operation: `${method} ${after || 'projects'}` };
}

function outcomeOf(status: number): CallOutcome {
  if (status === 429) return 'throttled';
  if (status >= 500) return 'failed';
  return status >= 400 ? 'refused' : 'done';
}

/** The operation that a change begins, as Google's audit log has it. */
function idIn(content: unknown): { readonly id?: string } {
  const { name } = (content ?? {}) as Operation;
  return typeof name === 'string' && /^[\w-]{1,100}$/.test(name) ? { id: name } : {};
}

export interface Change {
  readonly project: string;
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  /** Behind `global/`. */
  readonly path: string;
  readonly body?: unknown;
}

function refusalIn(status: number, content: unknown): ComputeRefusal {
  const { error } = (content ?? {}) as {
    error?: { message?: string; errors?: readonly { reason?: string }[]; details?: readonly { reason?: string }[] };
  };
  const detail = error?.details?.find(({ reason }) => reason?.startsWith('CONCURRENT_'))?.reason;
  return new ComputeRefusal(status, detail ?? error?.errors?.[0]?.reason ?? `http${status}`, error?.message ?? '');
}

function isObject(content: unknown): boolean {
  return typeof content === 'object' && content !== null && !Array.isArray(content);
}
