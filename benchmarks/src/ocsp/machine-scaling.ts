import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

const SIGN = `
const { sign, generateKeyPairSync } = require('node:crypto');
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const data = Buffer.alloc(200);
const end = Date.now() + Number(process.argv[1]) * 1000;
let count = 0;
for (; Date.now() < end; count += 1) sign('sha256', data, privateKey);
console.log(count);
`;

/** What a second core of this machine is worth: the rate of two processes that only sign, against one. 2 at best. */
export async function machineScaling(seconds: number): Promise<number> {
  const signatures = async (): Promise<number> =>
    Number((await run(process.execPath, ['-e', SIGN, `${seconds}`])).stdout);
  const one = await signatures();
  const [first, second] = await Promise.all([signatures(), signatures()]);
  return (first + second) / one;
}
