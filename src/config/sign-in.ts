import { z } from 'zod';
import { secret, url } from './fields.ts';

/** Signing in with a browser. */
export const signIn = z.strictObject({
  issuer: url.describe(
    'Issuer of the tenant of `directory.entra`: https://login.microsoftonline.com/<tenant ID>/v2.0, or the same in a national cloud.',
  ),
  clientId: z
    .string()
    .min(1)
    .describe('Client ID of an app registration with the redirect URI `<web.url>/sign-in`: see docs/people.md.'),
  clientSecret: secret.describe('Client secret of that app.'),
  context: z
    .string()
    .regex(/^c\d{1,2}$/, 'must be the ID of an authentication context such as c1')
    .optional()
    .describe(
      'ID of an authentication context of Conditional Access that a fresh sign-in (`stepUp: signIn`) must satisfy. Entra says so even of a context that no policy uses: make sure that one does.',
    ),
});
