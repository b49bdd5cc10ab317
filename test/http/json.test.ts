import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { asJson, takesJson } from '../../src/http/json.ts';
import { serve } from './rig.ts';

const ask = z.strictObject({ machine: z.string(), ports: z.array(z.number().int()).min(1) });

describe('a route that takes JSON', () => {
  const post = async (body: string, contentType = 'application/json') => {
    const { server } = await serve({}, [
      {
        method: 'POST',
        path: '/machines/:name',
        handle: takesJson(ask, ({ machine, ports }, { params }) => asJson(201, { machine, ports, name: params.name })),
      },
    ]);
    const headers = { 'content-type': contentType };
    const response = await fetch(`${server.url}/machines/web-1`, { method: 'POST', headers, body });
    return [response.status, await response.json()];
  };
  const good = JSON.stringify({ machine: 'web-1', ports: [22] });

  it.each(['application/json', 'Application/JSON; charset=utf-8'])('gets it: %s', async (contentType) => {
    expect(await post(good, contentType)).toEqual([201, { machine: 'web-1', ports: [22], name: 'web-1' }]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'multipart/form-data; boundary=x'])(
    'refuses %s, which any page may send',
    async (contentType) => {
      expect(await post(good, contentType)).toMatchObject([415, {}]);
    },
  );

  it.each(['', '{', 'undefined', "{'machine': 1}", '{"machine": "web-1",}'])(
    'refuses what is no JSON: %s',
    async (body) => {
      expect(await post(body)).toEqual([400, { error: 'this is no JSON' }]);
    },
  );

  it.each([
    ['null', ['']],
    ['[]', ['']],
    ['{"machine": 1, "ports": []}', ['machine', 'ports']],
    ['{"machine": "web-1", "ports": [22, "ssh"]}', ['ports.1']],
    ['{"machine": "web-1", "ports": [22], "until": "never"}', ['']],
  ])('says where it has another shape: %s', async (body, paths) => {
    const [status, said] = await post(body);
    expect(status).toBe(422);
    expect((said as { faults: { path: string }[] }).faults.map(({ path }) => path)).toEqual(paths);
  });
});
