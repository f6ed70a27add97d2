// `npm start`: installs what is missing, builds, and becomes the system (apps/all-in-one).
import { become, build, fail, installPackages } from './workspace.mjs';

if (Number(process.versions.node.split('.')[0]) < 20) fail('Kakunin needs Node 20 or newer to start.');
installPackages();
process.stdout.write('Building …\n');
build('@kakunin/all-in-one-app', 'kakunin');
become('apps/all-in-one/dist/main.js', process.argv.slice(2));
