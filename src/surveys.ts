import type { AzureAccess } from '../adapters/azure/survey.ts';
import type { Log } from './ports/log.ts';
import type { RoleMaker, TrustedRoleMaker } from './ports/role-maker.ts';
import type { AwsSurvey, AzureSurvey, SlackSurvey } from './ports/survey.ts';

/** What signs in to look around while a configuration is written. The SDKs are heavy: each is loaded when it is asked. */
export interface Surveys {
  azure(access: AzureAccess): Promise<AzureSurvey>;
  aws(access: { readonly region: string; readonly endpoint?: string }): Promise<AwsSurvey>;
  slack(access: { readonly botToken: string; readonly apiUrl?: string }): Promise<SlackSurvey>;
}

/** Makes roles in Azure, as whoever is signed in here. */
export async function roleMaker(access: AzureAccess): Promise<RoleMaker> {
  return (await import('../adapters/azure/role-maker.ts')).azureRoleMaker(access);
}

/** Makes roles in the AWS account that is signed in to here. */
export async function trustedRoleMaker(access: {
  readonly region: string;
  readonly endpoint?: string;
}): Promise<TrustedRoleMaker> {
  return (await import('../adapters/aws/role-maker.ts')).awsRoleMaker(access);
}

export function surveys(log: Log): Surveys {
  return {
    azure: async (access) => (await import('../adapters/azure/survey.ts')).azureSurvey(access),
    aws: async (access) => (await import('../adapters/aws/survey.ts')).awsSurvey(access),
    slack: async (access) => (await import('../adapters/slack/survey.ts')).slackSurvey(access, log),
  };
}
