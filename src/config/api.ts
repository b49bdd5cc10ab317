import { z } from 'zod';
import { uuid } from './fields.ts';

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
});
