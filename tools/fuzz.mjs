// `npm run fuzz [-- --parsers N --responder N --seed N]`: damaged requests through the parsers and to a running responder.
import { become, build, installPackages } from './workspace.mjs';

installPackages();
build('@kakunin/all-in-one-app');
become('e2e/src/fuzz/main.ts', process.argv.slice(2), { NODE_OPTIONS: '--conditions=@kakunin/source' });
