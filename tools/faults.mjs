// `npm run faults [-- --rounds N --seed N --log embedded|kafka]`: kill -9 of whatever runs, under load; counted is what was answered.
import { become, build, installPackages } from './workspace.mjs';

const APPS = ['linkage-registry', 'ocsp-responder', 'crl-publisher', 'billing-meter'];

installPackages();
build('kakunin', ...APPS.map((app) => `@kakunin/${app}-app`));
const sources = ['--import', './tools/typescript-sources.mjs', 'e2e/src/faults/main.ts'];
become('--conditions=@kakunin/source', [...sources, ...process.argv.slice(2)]);
