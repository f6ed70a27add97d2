import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { run } from '../processes.ts';
import { type Population, REVOKED_AT, type ProbedCertificate } from './population.ts';
import type { ProbedResponder } from './probe.ts';
import { openSocket } from './send.ts';

/** Somebody else's responder, which is told of a population. */
export interface Peer {
  readonly name: string;
  /** @param folder holds `ca.pem`, `responder.pem` and `responder-key.pem` */
  prepare(population: Population, folder: string): Promise<void>;
  start(folder: string): Promise<RunningPeer>;
}

export interface RunningPeer extends ProbedResponder {
  stop(): Promise<void>;
}

/** Files that every peer reads. */
export function writeKeys({ ca, responder }: Population, folder: string): void {
  writeFileSync(join(folder, 'ca.pem'), ca.certificatePem);
  writeFileSync(join(folder, 'responder.pem'), responder.certificatePem);
  writeFileSync(join(folder, 'responder-key.pem'), responder.keyPem);
}

/** `openssl ocsp` over an index file. It can only listen on all addresses. */
export const opensslPeer: Peer = {
  name: '`openssl ocsp`',
  prepare: async ({ issued }, folder) => writeFileSync(join(folder, 'index.txt'), issued.map(indexLine).join('')),
  start: (folder) => {
    const authority = ['-index', 'index.txt', '-CA', 'ca.pem', '-nmin', '15'];
    const responder = ['-rsigner', 'responder.pem', '-rkey', 'responder-key.pem'];
    const child = spawn('openssl', ['ocsp', '-port', '0', ...authority, ...responder], { cwd: folder });
    return whenItSays(child, /ACCEPT \S+?:(\d+) PID/);
  },
};

/** `cfssl ocspserve` over answers that `cfssl ocspsign` signed. */
export const cfsslPeer = (program: string): Peer => ({
  name: '`cfssl ocspserve`',
  prepare: async (population, folder) => {
    const answers: string[] = [];
    for (const certificate of population.issued)
      answers.push(await cfsslAnswer({ program, population, folder, certificate }));
    writeFileSync(join(folder, 'answers'), answers.join('\n'));
  },
  start: async (folder) => {
    const port = await freePort();
    const child = spawn(program, ['ocspserve', '-port', `${port}`, '-responses', 'answers'], { cwd: folder });
    const said = await whenItSays(child, /Now listening/);
    await whenItListens(port);
    return { ...said, port };
  },
});

const indexLine = ({ serialNumber, notAfter, reason }: ProbedCertificate): string => {
  const [status, revoked] = reason ? ['R', `${utcTime(REVOKED_AT)},${reason}`] : ['V', ''];
  const serial = serialNumber.toUpperCase();
  return `${status}\t${utcTime(notAfter)}\t${revoked}\t${serial}\tunknown\t/CN=${serial}\n`;
};

const utcTime = (instant: number): string => `${new Date(instant).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`;

const REASON_CODES = { keyCompromise: 1, certificateHold: 6 };

interface CfsslAnswer {
  readonly program: string;
  readonly population: Population;
  readonly folder: string;
  readonly certificate: ProbedCertificate;
}

/** @returns base64, as its server reads it */
async function cfsslAnswer({ program, population, folder, certificate }: CfsslAnswer): Promise<string> {
  const { serialNumber, notAfter, reason } = certificate;
  const { certificatePem } = await population.ca.issue({ serialNumber, notAfter, notBefore: notAfter - 86_400_000 });
  writeFileSync(join(folder, 'asked.pem'), certificatePem);
  const status = reason
    ? [
        '-status',
        'revoked',
        '-reason',
        `${REASON_CODES[reason]}`,
        '-revoked-at',
        new Date(REVOKED_AT).toISOString().slice(0, 10),
      ]
    : ['-status', 'good'];
  const keys = ['-ca', 'ca.pem', '-responder', 'responder.pem', '-responder-key', 'responder-key.pem'];
  const signed = await run(program, ['ocspsign', ...keys, '-cert', 'asked.pem', ...status], { cwd: folder });
  if (signed.status !== 0) throw new Error(`cfssl ocspsign failed:\n${signed.stdout}${signed.stderr}`);
  return (JSON.parse(signed.stdout) as { ocspResponse: string }).ocspResponse;
}

/** The first group of the pattern is the port, if it has one. */
function whenItSays(child: ChildProcess, pattern: RegExp): Promise<RunningPeer> {
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    let output = '';
    const look = (text: Buffer): void => {
      output += text.toString();
      const found = pattern.exec(output);
      if (!found) return;
      const stop = (): Promise<void> => (child.kill('SIGKILL'), exited);
      resolve({ port: Number(found[1] ?? 0), path: '', stop });
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('error', reject);
    void exited.then(() => reject(new Error(`It ended:\n${output}`)));
  });
}

/** Some say so a moment before. */
async function whenItListens(port: number): Promise<void> {
  for (;;) {
    const socket = await openSocket(port).catch(() => undefined);
    if (socket) return void socket.destroy();
    await setTimeout(20);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
