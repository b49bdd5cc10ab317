/** Run as a process of its own, with TMPDIR set to the target, because the package unpacks to the temporary folder. */
import { join } from 'node:path';
import { inflate } from '@sparticuz/chromium';

const [folder = ''] = process.argv.slice(2);
await Promise.all(['chromium.br', 'fonts.tar.br', 'al2023.tar.br'].map((name) => inflate(join(folder, name))));
