// `npm run benchmark -- <name> [--json FILE]`: builds what is measured, then runs benchmarks/src/main.ts.
import { become, fail, installPackages, nx } from './workspace.mjs';

installPackages();
if (
  nx(
    [
      'run-many',
      '-t',
      'build',
      '-p',
      '@kakunin/all-in-one-app',
      '@kakunin/ocsp-responder-app',
      '@kakunin/benchmarks',
      'kakunin',
    ],
    { quiet: true },
  ) !== 0
) {
  fail('The build failed: see above.');
}
become('benchmarks/dist/main.js', process.argv.slice(2));
