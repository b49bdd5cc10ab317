// Plain JavaScript that old releases of Node can read: it says what to type instead of a stack trace about the syntax
// of the TypeScript files that come next.
const OLDEST_MAJOR = 24;

if (Number(process.versions.node.split('.')[0]) < OLDEST_MAJOR) {
  const words = ['npx', 'jit'].concat(process.argv.slice(2)).join(' ');
  process.stderr.write(
    `Drawbridge needs Node ${OLDEST_MAJOR} or newer; this is ${process.version}. ` +
      `Run \`npm ci\` once, then \`${words}\` (or \`npm start\`, \`npm test\`): they use the Node that npm installed.\n`,
  );
  process.exit(1);
}
