import { z } from 'zod';
import { name, uuid } from './fields.ts';

const service = z.strictObject({
  id: name.describe(
    'ID of the service, written `person:<id>` under `who` of policies, and nowhere else. No person may have it.',
  ),
  name: z.string().min(1).max(80).describe('Name shown on cards and in the audit.'),
  owner: z
    .string()
    .min(1)
    .max(80)
    .describe(
      'ID of the person who answers for it, and is told what it requests. They never decide about that; `manager` means theirs. Once they are disabled or gone, it may do nothing.',
    ),
  keys: z
    .array(z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits, from `jit token new`'))
    .max(2)
    .default([])
    .describe('SHA-256 of its keys, from `jit token new`: two while one takes the place of the other.'),
  clientId: uuid
    .optional()
    .describe(
      'Client ID of the app registration that it signs in as, with client credentials for `<audience>/.default`.',
    ),
});

/** The HTTP API, and who may sign in to it. */
export const api = z.strictObject({
  audience: uuid.describe(
    'Client ID of the app registration that offers the scope `jit` (its application ID URI is `api://<audience>`) and gives tokens of version 2.',
  ),
  clientId: uuid.describe(
    'Client ID of the app registration that people sign in through at the command line: public, with the redirect URI `http://localhost/jit`, and without public client flows.',
  ),
  deviceClientId: uuid
    .optional()
    .describe(
      'Client ID of another app registration, which allows public client flows, for signing in with a device code. Such a sign-in may list and request, and nothing else. If unset, there is none.',
    ),
  services: z
    .array(service)
    .max(50)
    .default([])
    .describe(
      'Programs that request access by themselves. They list, request, withdraw, extend, and close what is theirs; they never approve, put back, or change policy.',
    ),
});
