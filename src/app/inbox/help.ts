import type { Line } from '../../core/language/text.ts';

/** `/jit help`. */
export const HELP: readonly Line[] = [
  ['Drawbridge opens a port of a machine for one address, for a while, when somebody approves it.'],
  ['`/jit request` opens a form.'],
  [
    '`/jit request web-1 ssh for 2h from 203.0.113.7 because deploy 4711` asks at once. Only machine and reason are needed. `from bastion` means the Azure Bastion that reaches the machine.',
  ],
  ['`/jit list` shows what is open and what waits.'],
  [
    '`/jit extend [id] [for 1h]` asks for more time.  `/jit revoke [id]` closes now.  `/jit withdraw [id]` takes a request back.',
  ],
  [
    '`/jit approve <id>` and `/jit deny <id> because <reason>` decide, like the buttons; without an id they show what they would decide.',
  ],
  [
    '`/jit protect <machine>` opens a form for its ports, `/jit unprotect <machine>` ends their protection.  `/jit recommend` shows which machines should be protected.',
  ],
  [
    '`/jit protect web-1 22 from 203.0.113.0/24 for 3h` says from where, and for how long at most, a port may be asked for. `usual` instead of ports means 22, 3389, 5985 and 5986; `web-1, web-2` or `tag:env=prod` mean several machines. `closing` behind it shows how to close what others let stand open.',
  ],
];
