// System programs that the tests use as independent clients and servers; installed where that is possible.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { toolEnvironment } from './workspace.mjs';

const NEEDED = [
  { command: 'openssl', args: ['version'], debian: 'openssl' },
  { command: 'java', args: ['-version'], debian: 'default-jdk-headless' },
  // The JDK's own validator of certification paths knows no delta CRLs.
  { command: 'Bouncy Castle', file: '/usr/share/java/bcprov.jar', debian: 'libbcprov-java' },
  // 1.25 or later.
  { command: 'go', args: ['version'], debian: 'golang-go' },
  { command: 'mvn', args: ['-version'], debian: 'maven' },
  { command: 'chromium', args: ['--version'], debian: 'chromium' },
  { command: 'wrk', args: ['--version'], debian: 'wrk' },
  { command: 'promtool', args: ['--version'], debian: 'prometheus' },
  // For tests of invoices, against the schemas of UBL.
  { command: 'xmllint', args: ['--version'], debian: 'libxml2-utils' },
  // Serves published files, and is what our own serving is held against.
  { command: 'nginx', args: ['-v'], debian: 'nginx-light' },
  // Reads our patches of CRLs in a test.
  { command: 'zstd', args: ['--version'], debian: 'zstd' },
  // For tests of PKCS#11 keys.
  { command: 'softhsm2-util', args: ['--version'], debian: 'softhsm2' },
];

// Some (wrk) print their version and exit with 1 all the same.
const isThere = ({ command, args, file }) => (file === undefined ? runs(command, args) : existsSync(file));
const runs = (command, args) =>
  spawnSync(command, args, { stdio: 'ignore', env: toolEnvironment() }).error === undefined;

/** @returns what is missing and could not be installed, as one line that says what to do; undefined when all is there */
export function installPrerequisites() {
  const brokerIsGiven = Boolean(process.env.KAFKA_BROKERS);
  const needed = NEEDED.filter(({ command }) => !(brokerIsGiven && ['java', 'mvn'].includes(command)));
  const missing = needed.filter((program) => !isThere(program));
  if (missing.length === 0) return undefined;
  const packages = missing.map(({ debian }) => debian);
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0) {
    process.stdout.write(`Installing ${packages.join(', ')} (apt-get) …\n`);
    const quiet = {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    };
    spawnSync('apt-get', ['update', '-qq'], quiet);
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet);
  }
  const still = missing.filter((program) => !isThere(program));
  if (still.length === 0) return undefined;
  return `The tests need ${still.map(({ command }) => command).join(', ')}: install them (Debian: apt-get install ${still.map(({ debian }) => debian).join(' ')}) and run npm test again.`;
}
