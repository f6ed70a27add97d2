// `npm run campaign -- <name>`: starts the system with made-up data, runs k6 against it, and ends with the verdict.
import { become, build, installPackages } from './workspace.mjs';

const APPS = ['linkage-registry', 'ocsp-responder', 'crl-publisher', 'billing-meter'];

installPackages();
build('kakunin', ...APPS.map((app) => `@kakunin/${app}-app`));
const sources = ['--import', './tools/typescript-sources.mjs', 'loadtests/run/main.ts'];
become('--conditions=@kakunin/source', [...sources, ...process.argv.slice(2)]);
