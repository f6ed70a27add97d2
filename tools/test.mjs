// `npm test`: installs what is missing and runs the tests of all projects, through Nx.
// Ends with the totals in one line; arguments go to Nx (`npm test -- -p @kakunin/ocsp`).
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installPrerequisites } from './prerequisites.mjs';
import { fail, installPackages, nx, projectRoots, readJson, root } from './workspace.mjs';

installPackages();
const missing = installPrerequisites();
if (missing) fail(missing);

// Whatever an earlier run left must not be counted: Nx puts the results of cached runs back.
const results = projectRoots().map((project) => join(root, project, 'test-results.json'));
for (const file of results) rmSync(file, { force: true });

const status = nx(['run-many', '-t', 'test', '--outputStyle=stream', ...process.argv.slice(2)]);
const totals = { passed: 0, failed: 0 };
for (const file of results.filter((path) => existsSync(path))) {
  const { numPassedTests, numFailedTests, numFailedTestSuites } = readJson(file);
  totals.passed += numPassedTests;
  // A file that could not be loaded has no tests that fail, and failed all the same.
  totals.failed += numFailedTests || numFailedTestSuites;
}
if (status !== 0 && totals.failed === 0) totals.failed = 1;
process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed\n`);
process.exit(status === 0 && totals.failed === 0 && totals.passed > 0 ? 0 : 1);
