// Plain JavaScript on purpose: an older Node must get far enough to say what is missing.
if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `Foyer needs Node 24, and this is ${process.version} (${process.execPath}): ` +
      'install Node 24, or run npm ci without leaving out the optional packages that bring it.',
  );
  process.exit(1);
}
