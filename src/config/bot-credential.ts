import { z } from 'zod';
import { file, secret, uuid } from './fields.ts';

/** What a bot of Teams signs in with where it has no secret. */
export const botCredential = z.strictObject({
  certificate: secret.optional().describe('Certificate of the app with its private key, as PEM.'),
  managedIdentity: z
    .literal(true)
    .optional()
    .describe('Set to true to sign in as the user-assigned managed identity whose client ID is `teams.appId`.'),
  tokenFile: file
    .optional()
    .describe(
      'File with a token that a federated credential of the app trusts, as Kubernetes writes it; read at each sign-in.',
    ),
  federatedIdentity: uuid
    .optional()
    .describe('Client ID of a managed identity that a federated credential of the app trusts.'),
});
