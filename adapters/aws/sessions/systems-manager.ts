import type { GetCommandInvocationCommandOutput, InstanceInformation, SSMClient } from '@aws-sdk/client-ssm';
import { JitError } from '../../../src/core/errors/errors.ts';
import { callWithin } from '../../../src/kit/time-limit.ts';
import type { AccountRegion } from '../ec2/ids.ts';
import { ownAnswers } from '../ec2/own-answers.ts';
import { sdkConfig } from '../ec2/sdk-config.ts';
import type { Sites } from '../ec2/sites.ts';
import { asJitError, CLOUD, isCode } from '../errors.ts';
import type { FullSettings } from '../settings.ts';

/** The least that a command may wait for its machine ("SendCommand", Systems Manager API reference): then it is dropped. */
const DELIVERY_S = 30;
const MOST_COMMANDS = 50;

export interface DocumentFound {
  readonly content: string | undefined;
  readonly version: string;
}

export interface RunCommand {
  readonly instance: string;
  readonly document: string;
  readonly version: string;
  /** 100 characters at most. */
  readonly comment: string;
  readonly parameters: Record<string, string[]>;
}

type Sdk = typeof import('@aws-sdk/client-ssm');

/** Systems Manager of all accounts and regions, as the role that opens and closes. The SDK is loaded by the first call. */
export class SystemsManager {
  readonly #settings: FullSettings;
  readonly #sites: Sites;
  readonly #clients = new Map<string, SSMClient>();

  constructor(settings: FullSettings, sites: Sites) {
    this.#settings = settings;
    this.#sites = sites;
  }

  /** The version of a document that is run by default. */
  async document(where: AccountRegion, name: string, signal: AbortSignal): Promise<DocumentFound> {
    const found = await this.#call(where, signal, (ssm, { GetDocumentCommand }, options) =>
      ssm.send(new GetDocumentCommand({ Name: name, DocumentFormat: 'JSON' }), options),
    );
    return { content: found.Content, version: found.DocumentVersion ?? '' };
  }

  /** What its agent told of an instance; undefined for one that has never had any. */
  async agent(where: AccountRegion, instance: string, signal: AbortSignal): Promise<InstanceInformation | undefined> {
    const filters = { Filters: [{ Key: 'InstanceIds', Values: [instance] }] };
    const { InstanceInformationList = [] } = await this.#call(
      where,
      signal,
      (ssm, { DescribeInstanceInformationCommand }, options) =>
        ssm.send(new DescribeInstanceInformationCommand(filters), options),
    );
    return InstanceInformationList.find(({ InstanceId }) => InstanceId === instance);
  }

  /** The newest command with this comment that an instance was given. */
  async find(
    where: AccountRegion,
    { instance, document, comment }: Pick<RunCommand, 'instance' | 'document' | 'comment'>,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const input = {
      InstanceId: instance,
      MaxResults: MOST_COMMANDS,
      Filters: [{ key: 'DocumentName' as const, value: document }],
    };
    const { Commands = [] } = await this.#call(where, signal, (ssm, { ListCommandsCommand }, options) =>
      ssm.send(new ListCommandsCommand(input), options),
    );
    return Commands.find(({ Comment }) => Comment === comment)?.CommandId;
  }

  /** Sends it once: what becomes of a lost reply shows `find`. There is no token that makes it idempotent. */
  async send(where: AccountRegion, command: RunCommand, signal: AbortSignal): Promise<string> {
    const input = {
      InstanceIds: [command.instance],
      DocumentName: command.document,
      DocumentVersion: command.version,
      TimeoutSeconds: DELIVERY_S,
      Comment: command.comment,
      Parameters: command.parameters,
    };
    const { Command } = await this.#call(where, signal, (ssm, { SendCommandCommand }, options) =>
      ssm.send(new SendCommandCommand(input), options),
    );
    if (!Command?.CommandId) throw new JitError('cloudSilent', { cloud: CLOUD });
    return Command.CommandId;
  }

  /** What became of one step of a command; undefined while the command is not known everywhere yet. */
  async outcome(
    where: AccountRegion,
    ask: { readonly command: string; readonly instance: string; readonly step: string },
    signal: AbortSignal,
  ): Promise<GetCommandInvocationCommandOutput | undefined> {
    const input = { CommandId: ask.command, InstanceId: ask.instance, PluginName: ask.step };
    try {
      return await this.#call(where, signal, (ssm, { GetCommandInvocationCommand }, options) =>
        ssm.send(new GetCommandInvocationCommand(input), options),
      );
    } catch (error) {
      if (isCode(error, 'InvocationDoesNotExist')) return undefined;
      throw error;
    }
  }

  #call<T>(
    where: AccountRegion,
    signal: AbortSignal,
    send: (ssm: SSMClient, sdk: Sdk, options: { readonly abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const limit = { signal, limitMs: this.#settings.callMs, asError: asJitError };
    return callWithin(limit, async (abortSignal) => {
      const sdk = await import('@aws-sdk/client-ssm');
      return send(this.#client(sdk, where), sdk, { abortSignal });
    });
  }

  #client({ SSMClient }: Sdk, { account, region }: AccountRegion): SSMClient {
    const key = `${account}:${region}`;
    const known = this.#clients.get(key);
    if (known) return known;
    const configured = this.#sites.organization.account(account);
    if (!configured) throw new JitError('cloudRefused', { cloud: CLOUD, code: 'AccountNotConfigured' });
    const config = sdkConfig({ account: configured, region }, this.#settings);
    // NB. Never again by itself: a command that is sent twice runs twice.
    const made = ownAnswers(new SSMClient({ ...config, maxAttempts: 1 }));
    this.#clients.set(key, made);
    return made;
  }
}
