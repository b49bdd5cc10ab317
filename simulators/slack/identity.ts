import { SLACK_APP_ID, SLACK_TEAM_ID } from '../world.ts';

/** The workspace, and the app that is installed in it with its bot user. */
export const TEAM = { id: SLACK_TEAM_ID, name: 'Drawbridge demo', domain: 'drawbridge-demo' } as const;
export const BOT = { id: 'B0BRIDGE01', userId: 'U0BRIDGEBT', appId: SLACK_APP_ID, name: 'jit' } as const;
