import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../shared/clock.ts';
import { type Fault, Faults } from '../shared/faults.ts';
import { GCP_PROJECT, GCP_ZONE } from '../world.ts';
import { type Call, type CallOptions, route } from './calls.ts';
import { GcpError } from './errors.ts';
import type { Firewall, InstanceSpec, Network, Operation } from './model.ts';
import { GcpWorld } from './world.ts';

export interface GcpSimulatorOptions {
  readonly clock?: Clock;
  readonly port?: number;
  readonly instances?: readonly InstanceSpec[];
  readonly networks?: readonly Network[];
  readonly firewalls?: readonly Omit<Firewall, 'id'>[];
  /** From a call that changes something to its effect. */
  readonly operationMs?: number;
}

export interface LoggedGcpCall {
  readonly atMs: number;
  readonly method: string;
  readonly mutating: boolean;
  readonly status: number;
}

export type GcpSimulator = Awaited<ReturnType<typeof startGcpSimulator>>;

const MAX_BODY = 1024 * 1024;
const TOKEN = 'ya29.simulated';

/**
 * Google's Compute Engine (and the token service of workload identity federation) over loopback, as the vendor's reference
 * has it: asynchronous operations, `alreadyExists`, `rateLimitExceeded` as a 403, effective firewalls, pages of zones.
 */
export async function startGcpSimulator(options: GcpSimulatorOptions = {}) {
  const world = new GcpWorld(options.clock ?? Date.now);
  for (const network of options.networks ?? [{ name: 'default' }]) world.networks.set(network.name, network);
  const add = (spec: InstanceSpec) =>
    world.instances.set(spec.name, { network: 'default', ...spec, id: world.id(), zone: GCP_ZONE, status: 'RUNNING' });
  for (const spec of options.instances ?? []) add(spec);
  const addRule = (rule: Omit<Firewall, 'id'>) => world.put({ ...rule, id: world.id() });
  for (const rule of options.firewalls ?? []) addRule(rule);
  const rightsTaken = new Set<string>();
  const faults = new Faults();
  const log: LoggedGcpCall[] = [];
  const failures: NonNullable<Operation['error']>[] = [];
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const calls: CallOptions = {
    project: GCP_PROJECT,
    world,
    operationMs: options.operationMs ?? 1_000,
    nextFailure: () => failures.shift(),
  };
  const server = createServer((request, response) => {
    serve({ calls, faults, log, rightsTaken, changed }, request, response).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) response.writeHead(500).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await mkdtemp(join(tmpdir(), 'gcp-'));
  const credentialsFile = await writeCredentials(folder, url);
  return {
    url,
    project: GCP_PROJECT,
    /** Workload identity federation against this simulator, as `gcloud iam workload-identity-pools create-cred-config` writes it. */
    credentialsFile,
    world,
    faults,
    /** Rights that the program's role lacks. */
    rightsTaken,
    log: (): readonly LoggedGcpCall[] => log,
    /** Machines and rules as they are now. */
    state() {
      world.settle();
      return { instances: [...world.instances.values()], firewalls: world.firewalls() };
    },
    /** Calls `listener` after every call; gives back the way to stop that. */
    onChange(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /** The next operation is taken with a 200 and fails then. */
    failNext: (error: NonNullable<Operation['error']>) => failures.push(error),
    human: {
      addRule,
      removeRule: (name: string) => world.delete(name),
      editRule(name: string, change: Partial<Firewall>) {
        const before = world.firewall(name);
        if (!before) throw new Error(`no rule ${name}`);
        world.put({ ...before, ...change });
      },
      addInstance: add,
      deleteInstance: (name: string) => world.instances.delete(name),
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function writeCredentials(folder: string, url: string): Promise<string> {
  const subject = join(folder, 'subject-token');
  await writeFile(subject, 'a token of the workload');
  const file = join(folder, 'credentials.json');
  const pool = '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/drawbridge/providers/drawbridge';
  const content = {
    type: 'external_account',
    audience: pool,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${url}/v1/token`,
    credential_source: { file: subject },
  };
  await writeFile(file, JSON.stringify(content));
  return file;
}

interface Parts {
  readonly calls: CallOptions;
  readonly faults: Faults;
  readonly log: LoggedGcpCall[];
  readonly rightsTaken: ReadonlySet<string>;
  readonly changed: () => void;
}

async function serve(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { world } = parts.calls;
  const text = await bodyOf(request);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const send = (status: number, body: unknown) => {
    if (response.destroyed) return;
    response.writeHead(status, { 'content-type': 'application/json', date: new Date(world.now()).toUTCString() });
    response.end(JSON.stringify(body));
  };
  if (pathname === '/v1/token') return send(200, tokenFor(new URLSearchParams(text)));
  world.settle();
  const note = (method: string, mutating: boolean, status: number) => {
    parts.log.push({ atMs: world.now(), method, mutating, status });
    parts.changed();
  };
  let method = `${request.method} ${pathname}`;
  let mutating = false;
  try {
    if (request.headers.authorization !== `Bearer ${TOKEN}`)
      throw new GcpError(401, 'authError', 'Request had invalid authentication credentials.');
    if (pathname === `/v1/projects/${parts.calls.project}:testIamPermissions` && request.method === 'POST') {
      method = 'cloudresourcemanager.projects.testIamPermissions';
      refuse(parts.faults.take(method));
      const { permissions = [] } = parse(text) as { permissions?: readonly string[] };
      note(method, false, 200);
      return send(200, { permissions: permissions.filter((one) => !parts.rightsTaken.has(one)) });
    }
    if (!pathname.startsWith('/compute/v1/')) throw new GcpError(404, 'notFound', 'Not Found');
    const call: Call = {
      method: request.method ?? 'GET',
      path: pathname.slice('/compute/v1'.length),
      query: searchParams,
      staleMs: 0,
      ...(text === '' ? {} : { body: parse(text) }),
    };
    const found = route(parts.calls, call);
    ({ method, mutating } = found);
    const fault = parts.faults.take(method);
    if (fault?.kind === 'reset') {
      note(method, mutating, 0);
      return void request.socket.destroy();
    }
    if (fault?.kind === 'strange') {
      note(method, mutating, 200);
      return void response.writeHead(200, { 'content-type': 'text/html' }).end(fault.body);
    }
    refuse(fault);
    const stale = fault?.kind === 'stale' && method !== 'compute.globalOperations.get' ? fault.ms : 0;
    const answer = stale > 0 ? route(parts.calls, { ...call, staleMs: stale }).answer() : found.answer();
    note(method, mutating, 200);
    if (fault?.kind === 'lostReply') return void request.socket.destroy();
    if (fault?.kind === 'slow') await delay(fault.ms);
    send(200, answer);
  } catch (error) {
    if (!(error instanceof GcpError)) throw error;
    note(method, mutating, error.status);
    send(error.status, error.body);
  }
}

function refuse(fault: Fault | undefined): void {
  // "API rate quotas": over the rate is a 403, not a 429.
  if (fault?.kind === 'throttle')
    throw new GcpError(
      403,
      'rateLimitExceeded',
      "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute'",
    );
  if (fault?.kind === 'error') throw new GcpError(fault.status, fault.code, fault.message ?? fault.code);
}

function tokenFor(form: URLSearchParams): unknown {
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:token-exchange') return { error: 'invalid_grant' };
  return {
    access_token: TOKEN,
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: 3600,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GcpError(400, 'parseError', 'Parse Error');
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY) throw new Error('the request is too large');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
