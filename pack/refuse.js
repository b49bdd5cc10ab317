// A package of this folder would ask npm for packages that the program has in it already, and in other versions than were tested.
process.stderr.write(
  'This folder is not what is packed. Run `npm run package`, which packs the program with all that it loads.\n',
);
process.exitCode = 1;
