import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { asCompany, groupsInEntra } from '../../simulators/demo/company.ts';
import { demoConfig, demoSecrets } from '../../simulators/demo/config.ts';
import { startProgram } from '../../simulators/demo/program.ts';
import { type Services, startServices } from '../../simulators/demo/services.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { AWS_ACCOUNT_ID } from '../../simulators/world.ts';
import { type PassageOf, startFront } from './front.ts';

const PAGE = readFileSync(new URL('../../docs/national-clouds.md', import.meta.url), 'utf8');

/** What the page says of a cloud. */
function blockOf(name: string) {
  const [, text] = new RegExp(`<!-- ${name} -->\\n\`\`\`yaml\\n([\\s\\S]*?)\`\`\``).exec(PAGE) ?? [];
  return parse(text ?? '');
}

const CLOUDS = [
  ['us-government', { arm: 'management.usgovcloudapi.net', graph: 'graph.microsoft.us', aws: 'amazonaws.com' }],
  ['us-dod', { arm: 'management.usgovcloudapi.net', graph: 'dod-graph.microsoft.us', aws: 'amazonaws.com' }],
  ['china', { arm: 'management.chinacloudapi.cn', graph: 'microsoftgraph.chinacloudapi.cn', aws: 'amazonaws.com.cn' }],
] as const;
/** What MSAL calls, whichever of its names the authority has ("preferred_network" of its own list). */
const LOGIN = { usGovernment: 'login.microsoftonline.us', china: 'login.partner.microsoftonline.cn' };

/** Where Slack takes answers to commands and buttons. */
const HOOKS = 'hooks.slack-gov.com';

const hostOf = (url: string) => new URL(url).host;

/** The configuration of the demo with what the page says in place of hosts on loopback. */
function configFor(page: ReturnType<typeof blockOf>, services: Services, folder: string): string {
  const text = demoConfig(services, { folder, port: 0, shortest: '5m', appendfsync: 'everysec' });
  const { lease: _, ...config } = parse(asCompany(text));
  const { resourceManager: __, authority: ___, caFile: ____, disableInstanceDiscovery: _____, ...azure } = config.azure;
  const {
    graph: ______,
    authority: _______,
    caFile: ________,
    disableInstanceDiscovery: _________,
    ...entra
  } = config.directory.entra;
  const { caFile: __________, ...teams } = config.teams;
  const { endpoint: ___________, ...aws } = config.aws;
  const [account] = page.aws.accounts;
  const { externalId } = aws.accounts[0].role;
  return stringify({
    ...config,
    slack: { ...config.slack, ...(page.slack ?? {}) },
    teams: { ...teams, ...page.teams },
    azure: { ...azure, ...page.azure },
    directory: { ...config.directory, entra: { ...entra, ...page.directory.entra } },
    aws: { ...aws, accounts: [{ ...account, role: { ...account.role, externalId } }] },
  });
}

/** The id of the request that came of it; tried again a few times. */
async function asked(ask: () => Promise<string>): Promise<string> {
  let answer = '';
  for (let tries = 0; tries < 5; tries += 1) {
    answer = await ask();
    const id = /`([2-9a-z]{7})`/.exec(answer)?.[1];
    if (id !== undefined) return id;
    await delay(5_000);
  }
  throw new Error(`no request came: ${answer}`);
}

describe.each(CLOUDS)('docs/national-clouds.md, %s', (name, { arm, graph, aws: suffix }) => {
  it('is started under its own hosts, and opens and closes in both clouds', { timeout: 600_000 }, async () => {
    const page = blockOf(name);
    const [account] = page.aws.accounts;
    const [region] = account.regions;
    const services = await startServices({
      azureMinimum: 5,
      national: {
        azure: { origins: { resourceManager: `https://${arm}`, graph: `https://${graph}` } },
        aws: { accounts: [{ id: AWS_ACCOUNT_ID, regions: [region] }], partition: account.role.arn.split(':')[1] },
        ...(page.slack ? { slack: { hooks: `https://${HOOKS}` } } : {}),
        teams: { channel: { issuer: page.teams.tokenIssuer, serviceUrl: page.teams.serviceUrl } },
      },
    });
    onTestFinished(() => services.stop());
    groupsInEntra(services);
    const { azure, aws, teams, slack } = services;
    const login = LOGIN[page.azure.cloud as keyof typeof LOGIN];
    const connector = new URL(teams.openIdMetadataUrl).origin;
    const [service, start] = [hostOf(page.teams.serviceUrl), new URL(page.teams.serviceUrl).pathname];
    const passageOf: PassageOf = (host, path, body) => {
      if (host === arm) return { to: azure.url };
      if (host === graph) return { to: azure.url, path: `/graph${path}` };
      if (host === hostOf(page.teams.loginUrl) && body.includes(teams.appId)) return { to: teams.authorityHost };
      if (host === login) return { to: azure.authority };
      if (host === hostOf(page.teams.openIdMetadataUrl)) return { to: connector };
      if (host === service && path.startsWith(start))
        return { to: connector, path: `/emea/${path.slice(start.length)}` };
      if (page.slack && [hostOf(page.slack.apiUrl), HOOKS].includes(host)) return { to: new URL(slack.apiUrl).origin };
      return host.endsWith(`.${region}.${suffix}`) ? { to: aws.url } : undefined;
    };
    const own = [page.teams.loginUrl, page.teams.openIdMetadataUrl, page.teams.serviceUrl].map(hostOf);
    const hosts = [arm, graph, login, ...own, ...(page.slack ? [hostOf(page.slack.apiUrl), HOOKS] : [])];
    const amazon = [`ec2.${region}.${suffix}`, `sts.${region}.${suffix}`];
    const front = await startFront([...hosts, ...amazon, `*.${region}.${suffix}`], passageOf);
    onTestFinished(() => front.stop());

    const folder = mkdtempSync(join(tmpdir(), 'drawbridge-national-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'ca.pem'), front.ca);
    writeFileSync(join(folder, 'drawbridge.yaml'), configFor(page, services, folder));
    const program = await startProgram({
      configFile: join(folder, 'drawbridge.yaml'),
      logFile: join(folder, 'program.log'),
      secrets: {
        ...demoSecrets(services),
        NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
        OWN_HOSTS_PORT: String(front.port),
        NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import ${new URL('own-hosts.ts', import.meta.url).href}`,
      },
    });
    onTestFinished(() => program.stop());
    if (process.env.SHOW) onTestFinished(() => console.log(readFileSync(join(folder, 'program.log'), 'utf8')));
    services.setTarget(program.url);
    const stage = new Stage(services, () => {});
    onTestFinished(() => stage.stop());

    if (process.env.SHOW) onTestFinished(() => console.log([...front.called], [...front.unknown]));
    // What is looked at in the first seconds, however busy the machine is.
    await vi.waitFor(() => expect(front.called).toContain(amazon[0]), { timeout: 90_000, interval: 500 });
    for (const machine of ['web-1', 'api-1']) {
      // On a busy machine calls run out of their time, and what was refused for that is asked again, as it says.
      const id = await asked(async () => {
        await stage.slack('security', `/jit protect ${machine} usual leaving`);
        return stage.slack('requester', `/jit request ${machine} ssh for 10m from 203.0.113.7 because of a test`);
      });
      await stage.approveInTeams('manager', id);
      await stage.told('is open', machine);
      await stage.slack('requester', `/jit revoke ${id}`);
      await vi.waitFor(async () => expect(await stage.slack('security', '/jit list all')).not.toContain(machine), {
        timeout: 90_000,
        interval: 1_000,
      });
    }
    expect([...front.unknown]).toEqual([]);
    // Of AWS, CloudTrail and the quotas are asked as well.
    expect([...hosts, ...amazon].filter((host) => !front.called.has(host))).toEqual([]);
  });
});
