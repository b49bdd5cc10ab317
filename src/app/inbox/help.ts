import { headed, or, say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import { type Topic, USAGE } from '../../core/language/usage.ts';

/** `/jit help`. */
export const HELP: readonly Line[] = [
  [say`Drawbridge opens a port of a machine to one IP address for a limited time, once a request is approved.`],
  [say`\`/jit request\` opens a form. \`/jit help <command>\` tells more of each command, with examples.`],
  [
    say`\`/jit request web-1 ssh for 2h from 203.0.113.7 because deploy 4711\` requests directly. Only the machine and the reason are required. \`from bastion\` means the Azure Bastion that reaches the machine; sources with a name, such as \`from vpn\`, are the ones in drawbridge.yaml; \`/jit address\` gives a page that sees your own. \`at 18:00\`, \`at tomorrow 9:00\`, or \`on friday 9:00\` starts later, in your time zone. \`for @sam\` requests it for somebody else, where a policy allows that. \`web-1, web-2\` requests the same of several machines, a request for each.`,
  ],
  [
    say`\`/jit break-glass web-1 ssh because the shop is down\` opens at once, without an approval, where a break-glass rule names you: it first shows who is told, and somebody else reviews it afterwards.  \`/jit reviews\` lists what is owed; \`/jit review <id> right because <words>\` (or \`wrong\`) does one.`,
  ],
  [
    say`\`/jit home\` shows what is yours and what waits for you, with buttons.  \`/jit list\` shows open and pending requests; \`/jit show <id>\` shows one, who is asked and why, and what happened.  \`/jit why <machine>\` says what lets you in now, or what stops you.  \`/jit board\` gives a link to a page that shows what is open, what waits, and what was.  \`/jit whoami\` says who you are to Drawbridge.  \`/jit link\` links your Slack account to your account of Entra ID; \`/jit unlink\` ends that.  \`/jit explain <machine> [port] [for 2h]\` says, before you request, whether it would pass, and who would decide.`,
  ],
  [
    say`\`/jit extend [id] [for 1h]\` requests more time.  \`/jit move [id] from <address>\` goes on from another network, where its approvers saw that it might.  \`/jit revoke [id]\` closes access now.  \`/jit withdraw [id]\` withdraws a pending request.  \`/jit nudge [id]\` reminds those who are asked, once in 15 minutes.  \`/jit again <id>\` requests the same once more.`,
  ],
  [
    say`For \`security\`: \`/jit list all\` shows everything that is open or waits; \`/jit close all\` shows what it would close, then closes it; \`/jit doctor\` says what is wrong with Drawbridge and what it stands on, and what to do; \`/jit drill\` tries on a sandbox machine whether a port is closed in time although the process that closes it is killed.`,
  ],
  [
    say`\`/jit approve <id>\` and \`/jit deny <id> because <reason>\` decide, like the buttons; without an ID, they show what they would decide.  \`/jit delegate @sam until friday\` lets somebody decide for you; \`/jit delegate list\` and \`/jit delegate stop\` show and end it. Where a policy wants more than a press, the answer says how; \`/jit match <id> <number>\` is what its buttons write. \`/jit approve <id> 22 for 30m from <address>\` offers less, which the requester takes with \`/jit accept [id]\` or not with \`/jit decline [id]\`. \`/jit ask <id> <question>\` asks the requester, who says \`/jit answer <id> <words>\`.`,
  ],
  [
    say`\`/jit protect <machine>\` opens a form for its ports; \`/jit unprotect <machine>\` ends their protection.  \`/jit machines\` lists what is protected by whom.  \`/jit lockdowns\` lists what lockdowns closed; \`/jit restore <machine>\` shows what putting it back would open; \`/jit consent\` lists lockdowns that the configuration wants and nobody agreed to yet.  \`/jit rules\` shows changed rules that wait for their owners.  \`/jit recommend\` shows which machines should be protected.`,
  ],
  [
    say`\`/jit protect web-1 22 from 203.0.113.0/24 for 3h\` also sets the allowed sources and the maximum time. \`usual\` stands for ports 22, 3389, 5985, and 5986; \`web-1, web-2\` or \`tag:env=prod\` selects several machines. Add \`closing\` for a lockdown: it first shows which standing rules it would close.`,
  ],
];

/** `/jit help request`: how it is written, what it does, and two examples. */
export function helpAbout(topic: Topic): readonly Line[] {
  const { usage, does, examples } = USAGE[topic];
  return [
    [
      usage
        .split(' · ')
        .map((one) => `\`/jit ${one}\``)
        .join(' · '),
    ],
    [headed(does)],
    [say`For example ${or(examples.map((one) => `\`/jit ${one}\``))}.`],
  ];
}
