import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CertificateFiles } from '@kakunin/testing/openssl-ca';
import { certificateDer, parseCertificate } from '@kakunin/x509';
import { type FourProcesses, startFourProcesses } from '../support/four-processes.ts';
import { newFolder } from '../support/one-process.ts';
import { AUTHORITY_ID, prepareAuthority, register } from '../support/private-authority.ts';
import { kakuninOk, startProcess } from '../support/processes.ts';
import { startDurablePostgres } from './durable-postgres.ts';
import type { LoadInput } from './load.ts';
import { startSecondMeter } from './second-meter.ts';
import { type LogKind, startTopicLog, type TopicLog } from './topic-log.ts';

export const VICTIMS = ['responder', 'meter', 'second meter', 'event log', 'database'] as const;
export type Victim = (typeof VICTIMS)[number];

/** Processes that write files of their own. */
export const WRITERS = ['responder', 'meter', 'second meter'] as const satisfies readonly Victim[];
export type Writer = (typeof WRITERS)[number];

/** Something that can be killed. */
interface Killable {
  /** kill -9; resolves when it is dead. */
  kill(): Promise<void>;
  /** Resolves when it is ready again. */
  recover(): Promise<void>;
}

/** The four processes and a second meter, on a PostgreSQL and an event log of their own. */
export interface FaultySystem {
  readonly load: LoadInput;
  readonly billingDatabaseUrl: string;
  readonly folder: string;
  /** How each process is told of the others. */
  readonly environment: Readonly<Record<string, string>>;
  readonly victims: Readonly<Record<Victim, Killable>>;
  /** The process that runs now. */
  pidOf(writer: Writer): number;
  stop(): Promise<void>;
}

export interface FaultySystemInput {
  readonly log: LogKind;
  /** Beside what every process gets. */
  readonly environment?: Readonly<Record<string, string>>;
}

export async function startFaultySystem({ log, environment = {} }: FaultySystemInput): Promise<FaultySystem> {
  const folder = newFolder('faults');
  const ends: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true })];
  const stop = async (): Promise<void> => {
    for (let end = ends.pop(); end; end = ends.pop()) await end();
  };
  try {
    const topicLog = await startTopicLog(log);
    ends.push(() => topicLog.stop());
    await createTopics(topicLog);
    const postgres = await startDurablePostgres();
    ends.push(() => postgres.stop());
    const signers = { ocsp: join(folder, 'signers/ocsp'), crl: join(folder, 'signers/crl') };
    const authority = await prepareAuthority(folder, signers);
    const more = { ...topicLog.environment, KAKUNIN_BILLING_LEDGER_INTERVAL_SECONDS: '1', ...environment };
    const four = await startFourProcesses(folder, postgres, more);
    ends.push(() => four.stop());
    const secondMeter = await startSecondMeter(four.environment);
    ends.push(() => secondMeter.stop());
    const load = await prepareLoad(folder, authority, four);
    const database = { kill: async () => postgres.kill(), recover: () => postgres.running() };
    return {
      load,
      billingDatabaseUrl: four.environment['KAKUNIN_BILLING_DATABASE_URL']!,
      folder,
      environment: four.environment,
      victims: {
        responder: killable(four, 'ocsp-responder'),
        meter: killable(four, 'billing-meter'),
        'second meter': secondMeter,
        'event log': topicLog,
        database,
      },
      pidOf: (writer) =>
        writer === 'second meter'
          ? secondMeter.pid()
          : four.process(writer === 'meter' ? 'billing-meter' : 'ocsp-responder').pid,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const killable = (four: FourProcesses, app: 'ocsp-responder' | 'billing-meter'): Killable => ({
  kill: async () => void (await four.process(app).stop('SIGKILL')),
  recover: () => four.restart(app),
});

async function createTopics({ environment }: TopicLog): Promise<void> {
  const topics = startProcess('apps/cli/dist/main.js', { ...environment }, ['topics', 'create']);
  if ((await topics.exited) !== 0) throw new Error(topics.output());
}

/** A good certificate, and who may ask about it. */
async function prepareLoad(
  folder: string,
  authority: CertificateFiles & { issue(name: string): Promise<CertificateFiles> },
  four: FourProcesses,
): Promise<LoadInput> {
  await register(folder, authority);
  const { certificateFile } = await authority.issue('checked');
  const { serialNumber, der } = parseCertificate(certificateDer(readFileSync(certificateFile)));
  const notAfter = new Date(Date.now() + 20 * 86_400_000).toISOString();
  const fingerprint = createHash('sha256').update(der).digest('hex');
  const csv = `serial_number,not_after,carrier,holder,predecessor,fingerprint\n${serialNumber},${notAfter},card,holder,,${fingerprint}\n`;
  await kakuninOk(folder, ['certificates', 'import', '--authority', AUTHORITY_ID, '--format', 'csv', '-'], csv);
  const ocspUrl = `http://127.0.0.1:${four.ports.OCSP_PLAIN_PORT}/ocsp`;
  return { ocspUrl, authorityFile: authority.certificateFile, serialNumber };
}
