import type { Token } from './token.ts';

const HOST = '(?:[\\w.-]+@)?(?<host>\\[[\\da-f:]+\\]|[\\w.-]*[\\w-])';
const REST = '(?:\\s.*?)?';

/** What people type to other tools, with the verb that does the same here, and the port that it is for where none is typed. */
const TOOLS: readonly (readonly [typed: RegExp, verb: string, port: string])[] = [
  [tool(`aws ssm start-session\\b${REST}\\s--target[= ]${HOST}`), 'request', ''],
  [tool(`aws ec2-instance-connect ssh\\b${REST}\\s--instance-id[= ]${HOST}`), 'request', '22'],
  [tool(`az ssh vm\\b${REST}\\s(?:--name|--vm-name|-n|--ip)[= ]${HOST}`), 'request', '22'],
  [tool(`az network bastion (?:ssh|rdp)\\b${REST}/virtualMachines/${HOST}`), 'request', ''],
  [
    tool(
      `az security jit-policy (?:initiate|create|set|update)\\b${REST}\\s(?:--name|-n|--vm)[= ]${HOST}(?:.*\\s--ports?[= ](?<port>\\d{1,5}))?`,
    ),
    'request',
    '',
  ],
  [tool(`gcloud compute ssh\\s(?:-\\S+\\s)*${HOST}`), 'request', '22'],
  [tool(`tsh ssh\\s(?:-p\\s?(?<port>\\d{1,5})\\s|-\\S+\\s)*${HOST}`), 'request', '22'],
  [tool(`tsh (?:access )?requests? (?:create|new)\\b${REST}\\s--resources?[= ](?:\\S*/)?${HOST}`), 'request', ''],
  [tool(`tsh (?:access )?requests? (?:create|new)\\s(?:-\\S+\\s)*${HOST}`), 'request', ''],
  [tool(`Enter-PSSession\\s(?:-(?:ComputerName|HostName)\\s)?${HOST}`), 'request', '5986'],
  [tool(`xfreerdp\\b${REST}\\s/v:${HOST}(?::(?<port>\\d{1,5}))?`), 'request', '3389'],
  [tool(`mstsc\\b${REST}\\s/v[: ]${HOST}(?::(?<port>\\d{1,5}))?`), 'request', '3389'],
  [tool(`(?:psql|pg_dump)\\b${REST}\\s-h\\s?${HOST}(?:.*\\s-p\\s?(?<port>\\d{1,5}))?`), 'request', '5432'],
  [tool(`mysql\\b${REST}\\s-h\\s?${HOST}(?:.*\\s-P\\s?(?<port>\\d{1,5}))?`), 'request', '3306'],
  [tool(`redis-cli\\b${REST}\\s-h\\s?${HOST}(?:.*\\s-p\\s?(?<port>\\d{1,5}))?`), 'request', '6379'],
  [tool(`(?:Test-NetConnection|tnc)\\s(?:-ComputerName\\s)?${HOST}(?:.*\\s-Port\\s(?<port>\\d{1,5}))?`), 'why', ''],
  [tool(`(?:nc|ncat|netcat)\\s(?:-\\w+\\s)*${HOST}\\s(?<port>\\d{1,5})`), 'why', ''],
  [tool(`(?:curl|wget)\\s(?:-\\S+\\s)*https?://${HOST}:(?<port>\\d{1,5})`), 'why', ''],
  [tool(`(?:traceroute|tracert|tracepath|mtr)\\s(?:-\\S+\\s)*${HOST}`), 'why', ''],
  [tool(`(?:tctl|tsh) (?:access )?requests? approve\\s(?<host>[2-9a-z]{7})`), 'approve', ''],
  [tool(`tctl (?:access )?requests? (?:deny|rm)\\s(?<host>[2-9a-z]{7})`), 'deny', ''],
  [tool(`tsh requests? review\\b${REST}\\s--approve\\s(?:.*\\s)?(?<host>[2-9a-z]{7})`), 'approve', ''],
  [tool(`tsh requests? review\\b${REST}\\s--deny\\s(?:.*\\s)?(?<host>[2-9a-z]{7})`), 'deny', ''],
  [tool('(?:tsh|tctl) (?:access )?requests? (?:ls|list)'), 'list', ''],
];

function tool(typed: string): RegExp {
  return new RegExp(`^(?:sudo )?${typed}`, 'i');
}

/** The words of the command that does here what another tool was told: `aws ssm start-session --target web-1`. */
export function ofOtherTool(whole: string): readonly Token[] | undefined {
  for (const [typed, verb, usual] of TOOLS) {
    const said = typed.exec(whole);
    if (!said) continue;
    const { host = '', port = usual } = said.groups ?? {};
    const [, length] = (verb === 'request' && /\s--duration[= ]["']?(PT?[\dHMS]+|\d+[hm])\b/i.exec(whole)) || [];
    const terms = [verb, host, port, ...(length === undefined ? [] : ['for', length])];
    return terms.filter((text) => text !== '').map((text) => ({ text, at: 0 }));
  }
  return undefined;
}
