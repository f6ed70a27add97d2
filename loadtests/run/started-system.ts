import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDurablePostgres } from '@kakunin/e2e/faults/durable-postgres';
import { startTopicLog } from '@kakunin/e2e/faults/topic-log';
import { type AppName, type FourProcesses, startFourProcesses } from '@kakunin/e2e/support/four-processes';
import { newFolder } from '@kakunin/e2e/support/one-process';
import { startProcess } from '@kakunin/e2e/support/processes';
import { PROVIDER, SERVICE_PROVIDER } from '@kakunin/e2e/support/private-authority';
import { createTestCa } from '@kakunin/testing/test-ca';
import type { Campaign, Victim } from '../campaigns/index.ts';
import { type DataSet, makeDataSet, writeSigners } from './data-set.ts';
import { callerLimitOf } from './plan-campaign.ts';
import { giveWay } from './give-way.ts';
import { registerDataSet, writeLists } from './register.ts';
import { BROKER, DATABASE, EMBEDDED_LOG, type Target } from './target.ts';

const SIGNERS = 'signers';
/** Who bills: without it no month can be closed. */
const ISSUER = {
  KAKUNIN_BILLING_ISSUER_NAME: '負荷試験',
  KAKUNIN_BILLING_ISSUER_ADDRESS: '東京都千代田区',
  KAKUNIN_BILLING_ISSUER_REGISTRATION_NUMBER: 'T8000000000001',
};

export interface StartInput {
  readonly campaign: Campaign;
  readonly scale: number;
  readonly seed: number;
  readonly seconds: number;
  readonly say: (line: string) => void;
  /** Beside what every process gets: a broken build for a test, say. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The four services as processes of this machine, with a PostgreSQL and an event log of their own, and the data set. */
export async function startSystem(input: StartInput): Promise<Target> {
  const { campaign, scale, seed, seconds, say, environment = {} } = input;
  const folder = newFolder('campaign');
  const ends: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (let end = ends.pop(); end; end = ends.pop()) await end();
  };
  try {
    const spare = Math.ceil(campaign.revocationsASecond * seconds * 1.2) + 10;
    say('making up authorities, callers and certificates …');
    const data = await makeDataSet({ seed, certificates: campaign.certificates, spare, clients: await createTestCa() });
    writeSigners(data, join(folder, SIGNERS));
    say('starting PostgreSQL, the event log and the four services …');
    const log = await startTopicLog(campaign.eventLog ?? 'embedded');
    ends.push(() => log.stop());
    await createTopics(log.environment);
    const postgres = await startDurablePostgres();
    ends.push(() => postgres.stop());
    const limit = { KAKUNIN_OCSP_CALLER_REQUESTS_PER_SECOND: `${callerLimitOf(campaign, scale)}` };
    const more = { ...log.environment, ...limit, ...ISSUER, ...withDeltas(folder), ...environment };
    const four = await startFourProcesses(folder, postgres, more);
    ends.push(() => four.stop());
    giveWay(four.process('crl-publisher').pid);
    giveWay(four.process('billing-meter').pid);
    await writeLists(data, folder);
    const others = [{ code: PROVIDER, serviceProviders: [SERVICE_PROVIDER] }];
    await registerDataSet({ data, folder, others, say });
    const kill: Record<Victim, () => Promise<unknown>> = {
      'ocsp-responder': () => four.process('ocsp-responder').stop('SIGKILL'),
      'event log': () => log.kill(),
      database: async () => postgres.kill(),
    };
    const recover: Record<Victim, () => Promise<unknown>> = {
      'ocsp-responder': () => four.restart('ocsp-responder'),
      'event log': () => log.recover(),
      database: () => postgres.running(),
    };
    return {
      ...targetOf(folder, data, four),
      servers: [
        { name: DATABASE, metricsUrl: '', pid: () => postgres.pid, hasChildren: true },
        {
          name: campaign.eventLog === 'kafka' ? BROKER : EMBEDDED_LOG,
          metricsUrl: '',
          pid: () => log.pid(),
          hasChildren: true,
        },
      ],
      incidents: {
        kill: async (victim) => void (await kill[victim]()),
        recover: async (victim) => void (await recover[victim]()),
      },
      liftLimits: async () => {
        await four.process('ocsp-responder').stop();
        await four.restart('ocsp-responder', { KAKUNIN_OCSP_CALLER_REQUESTS_PER_SECOND: '0' });
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function createTopics(environment: Readonly<Record<string, string>>): Promise<void> {
  const topics = startProcess('apps/cli/dist/main.js', { ...environment }, ['topics', 'create']);
  if ((await topics.exited) !== 0) throw new Error(topics.output());
}

/** Deltas name the complete CRL by a URL; nothing is asked there. */
function withDeltas(folder: string): Record<string, string> {
  const file = join(folder, 'crl-profiles.json');
  writeFileSync(file, JSON.stringify({ all: { publicBaseUrl: 'http://localhost', deltas: true } }));
  return { KAKUNIN_CRL_PROFILES_FILE: file };
}

function targetOf(
  folder: string,
  data: DataSet,
  { ports, process }: FourProcesses,
): Omit<Target, 'stop' | 'incidents'> {
  const services: readonly (readonly [AppName, number])[] = [
    ['ocsp-responder', ports.OCSP_MANAGEMENT_PORT],
    ['billing-meter', ports.BILLING_MANAGEMENT_PORT],
    ['crl-publisher', ports.CRL_MANAGEMENT_PORT],
    ['linkage-registry', ports.REGISTRY_MANAGEMENT_PORT],
  ];
  return {
    plainOcspUrl: `http://127.0.0.1:${ports.OCSP_PLAIN_PORT}/ocsp/${SERVICE_PROVIDER}`,
    mutualTlsOcspUrl: `https://localhost:${ports.OCSP_MTLS_PORT}/ocsp`,
    registryUrl: `https://localhost:${ports.REGISTRY_API_PORT}`,
    billingUrl: `https://localhost:${ports.BILLING_API_PORT}`,
    crlUrl: `http://127.0.0.1:${ports.CRL_PUBLIC_PORT}/crl`,
    folder,
    authorities: data.authorities.map(({ asked }) => asked),
    authorityCertificates: data.authorities.map(({ ca }) => ca.certificatePem),
    callers: data.callers,
    greedy: data.greedy,
    customers: [...data.callers, data.greedy].map(({ code }) => code).concat(PROVIDER),
    holders: data.holders.map(({ certificatePem, key }) => ({ certificatePem, key })),
    spare: data.spare,
    closesMonths: true,
    services: services.map(([name, port]) => ({
      name,
      metricsUrl: `http://127.0.0.1:${port}/metrics`,
      pid: () => process(name).pid,
    })),
  };
}
