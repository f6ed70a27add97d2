// `npm start`: installs what is missing, builds, and becomes the system (apps/all-in-one).
import { become, fail, installPackages, nx } from './workspace.mjs';

if (Number(process.versions.node.split('.')[0]) < 20) fail('Kakunin needs Node 20 or newer to start.');
installPackages();
process.stdout.write('Building …\n');
if (nx(['run-many', '-t', 'build', '-p', '@kakunin/all-in-one-app', 'kakunin'], { quiet: true }) !== 0) {
  fail('The build failed: see above.');
}
become('apps/all-in-one/dist/main.js', process.argv.slice(2));
