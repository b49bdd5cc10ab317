import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alarmWebhook } from '../../../adapters/alarm-webhook/index.ts';
import { outgoing } from '../../../adapters/outgoing/index.ts';

const NEWS = { id: 'glass-k7m3q9w', kind: 'break-glass', at: 1_000, title: 'Glass', lines: ['“ü”'] } as const;
const SECRET = 'a secret';
const NOW = 1_800_000_000_500;

let server: Server;
let host: string;
let answer: number;
const got: { body: string; signature: string; type: string }[] = [];

beforeEach(async () => {
  answer = 204;
  got.splice(0);
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const signature = String(request.headers['drawbridge-signature']);
      got.push({ body: Buffer.concat(parts).toString(), signature, type: String(request.headers['content-type']) });
      response.writeHead(answer, { location: 'http://127.0.0.1:1/' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const tell = (rules = { hosts: [host], addresses: ['127.0.0.0/8'] }) =>
  alarmWebhook(
    { name: 'pager', url: `http://${host}/drawbridge`, secret: SECRET },
    { call: outgoing(rules), installation: 'prod', now: () => NOW },
  ).tell(NEWS, AbortSignal.timeout(10_000));

describe('an alarm by webhook', () => {
  it('is posted, signed with its time', async () => {
    await tell();
    const [{ body, signature, type } = { body: '', signature: '', type: '' }] = got;
    expect(JSON.parse(body)).toEqual({ ...NEWS, installation: 'prod', at: '1970-01-01T00:00:01.000Z' });
    const [, seconds, own] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
    expect(seconds).toBe('1800000000');
    expect(own).toBe(createHmac('sha256', SECRET).update(`${seconds}.${body}`).digest('hex'));
    expect(type).toBe('application/json');
  });

  it.each([302, 400, 401, 500, 503])('was not taken where the answer is %d', async (status) => {
    answer = status;
    await expect(tell()).rejects.toMatchObject({ code: 'outgoingSilent' });
  });

  it('goes to no host that the configuration does not name', async () => {
    await expect(tell({ hosts: ['alarms.example.com'], addresses: [] })).rejects.toMatchObject({
      code: 'outgoingRefused',
    });
    expect(got).toEqual([]);
  });
});
