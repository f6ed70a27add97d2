// `npm run benchmark -- <name> [--json FILE]`: bundles the benchmarks with the services that they measure, and runs them.
import { become, build, installPackages } from './workspace.mjs';

installPackages();
build('@kakunin/benchmarks');
become('benchmarks/dist/main.js', process.argv.slice(2));
