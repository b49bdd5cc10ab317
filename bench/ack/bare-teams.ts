import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudAdapter, ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import { serve } from '../child.ts';
import type { Taker, TeamsHouse } from './shared.ts';

/* The least that botbuilder can do: its CloudAdapter checks the token as the program does, and the turn does nothing. */
let server: Server | undefined;

async function start({ appId, tenantId, issuer, openIdMetadataUrl, oauthScope }: TeamsHouse): Promise<Taker> {
  const authentication = new ConfigurationBotFrameworkAuthentication({
    MicrosoftAppId: appId,
    MicrosoftAppPassword: 'never used: nothing is sent',
    MicrosoftAppTenantId: tenantId,
    MicrosoftAppType: 'SingleTenant',
    ToChannelFromBotLoginUrl: 'https://login.microsoftonline.com/botframework.com',
    ToChannelFromBotOAuthScope: oauthScope,
    ToBotFromChannelTokenIssuer: issuer,
    OAuthUrl: 'https://token.botframework.com',
    ToBotFromChannelOpenIdMetadataUrl: openIdMetadataUrl,
    ToBotFromEmulatorOpenIdMetadataUrl: openIdMetadataUrl,
    CallerId: 'urn:botframework:azure',
  });
  const adapter = new CloudAdapter(authentication);
  server = createServer(async (request, plain) => {
    const body = JSON.parse((await request.setEncoding('utf8').toArray()).join('')) as Record<string, unknown>;
    const response = Object.assign(plain, {
      status(code: number) {
        plain.statusCode = code;
        return response;
      },
      header(name: string, value: unknown) {
        plain.setHeader(name, String(value));
        return response;
      },
      send(value: unknown) {
        plain.write(typeof value === 'string' ? value : JSON.stringify(value));
        return response;
      },
    });
    await adapter.process(Object.assign(request, { body }), response, async () => {});
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/messages`, pid: process.pid };
}

serve({ start }, async () => {
  server?.close();
  server?.closeAllConnections();
});
