import { RelyingPartyDirectory } from '@kakunin/relying-parties';
import { JournalWriter } from '@kakunin/usage-journal/writer';
import { CallerIdentification } from '../answering/caller-identification.ts';
import { CallerLimits } from '../answering/caller-limits.ts';
import type { OcspEngine } from '../answering/ocsp-engine.ts';
import { DigestKeys } from '../metering/digest-keys.ts';
import { DEFAULT_POLICY } from '../signing/authority-policy.ts';
import { ResponderSigners } from '../signing/responder-signers.ts';
import { ClientConnections } from './client-connections.ts';
import { Figures } from './figures.ts';
import { openEngine } from './open-engine.ts';
import type { Order, WorkerStart } from './protocol.ts';
import { Pulse } from './pulse.ts';
import { SharedClock } from './shared-clock.ts';
import { SharedStatus } from './shared-status.ts';
import { parseTrustedProxies } from './trusted-proxies.ts';
import type { WorkerReport } from './worker-report.ts';
import { WorkerServers } from './worker-servers.ts';

/** What a worker answers from: kept up to date by the main thread, and by files. */
interface Sources {
  readonly clock: SharedClock;
  readonly status: SharedStatus;
  readonly directory: RelyingPartyDirectory;
  readonly figures: Figures;
  readonly limits: CallerLimits;
  readonly signers: ResponderSigners;
  readonly journal: JournalWriter;
  readonly digestKeys: DigestKeys;
}

const STATE_INTERVAL_MS = 1_000;

/** One thread that answers: its servers, its engine, its keys and its journal, over memory that the main thread feeds. */
export class OcspWorker {
  readonly #report: WorkerReport;
  readonly #sources: Sources;
  readonly #engine: OcspEngine;
  readonly #servers: WorkerServers;
  readonly #timer: NodeJS.Timeout;
  readonly #stopPulse: () => void;

  private constructor(start: WorkerStart, sources: Sources, report: WorkerReport) {
    const { config, journal } = start;
    const { directory, status, clock, limits, figures } = sources;
    const callers = new CallerIdentification({ directory, plainCaller: config.plainCaller, limits });
    const trustedProxies = config.trustedProxies === undefined ? undefined : parseTrustedProxies(config.trustedProxies);
    const connections = new ClientConnections({ directory, limits, figures, clock, trustedProxies });
    const bodyLimitOctets = config.requestSizeLimitBytes;
    this.#report = report;
    this.#sources = sources;
    this.#engine = openEngine({ ...sources, callers, log: report }, journal.producer, config);
    this.#servers = new WorkerServers({ engine: this.#engine, connections, status, clock, bodyLimitOctets });
    this.#stopPulse = new Pulse(start.pulse).beat();
    this.#timer = setInterval(() => this.#tell(), STATE_INTERVAL_MS);
    this.#tell();
  }

  /** Opens everything and says that it listens. @throws an error of the system, with the `listener`'s name if it was one */
  static async start(start: WorkerStart, report: WorkerReport): Promise<OcspWorker> {
    const worker = new OcspWorker(start, await openSources(start, report), report);
    report.send({ type: 'listening', ports: await worker.#servers.open(start.listeners, start.reusePort) });
    return worker;
  }

  /** What the main thread says. */
  obey(order: Order): void {
    const { status, directory, digestKeys } = this.#sources;
    switch (order.type) {
      case 'authority':
        return status.put(order.authority);
      case 'authority_forgotten':
        return status.forget(order.authorityId);
      case 'relying_party':
        return directory.put(order.party);
      case 'complete':
        return order.what === 'authorities' ? status.complete() : directory.complete();
      case 'digest_keys':
        return digestKeys.put(order.keys);
      case 'drain':
        return this.#servers.drain();
      case 'close':
        return void this.close();
      default:
        throw new TypeError(`Not an order: ${JSON.stringify(order satisfies never)}`);
    }
  }

  /** Answers what was asked, and ends with everything durable. */
  async close(): Promise<void> {
    await this.#servers.close();
    await this.#sources.journal.close();
    await this.#sources.signers.close();
    clearInterval(this.#timer);
    this.#tell();
    this.#stopPulse();
    this.#report.send({ type: 'closed' });
  }

  #tell(): void {
    const { signers, journal, figures } = this.#sources;
    figures.signingQueue = this.#engine.waiting;
    const signerFigures = signers.figures();
    this.#report.send({ type: 'state', signers: signers.health(), signerFigures, journalFigures: journal.figures });
  }
}

async function openSources(start: WorkerStart, report: WorkerReport): Promise<Sources> {
  const clock = new SharedClock(start.clock);
  const status = new SharedStatus(start.authoritiesAreComplete);
  for (const authority of start.authorities) status.put(authority);
  const { signersDirectory: directory, neverIssued, answerValiditySeconds } = start.config;
  const defaults = { ...DEFAULT_POLICY, neverIssued, answerValiditySeconds };
  return {
    clock,
    status,
    digestKeys: new DigestKeys(start.digestKeys),
    directory: RelyingPartyDirectory.from(start.relyingParties),
    figures: new Figures(start.figures),
    limits: new CallerLimits(start.limits, start.number),
    signers: await ResponderSigners.open({ directory, defaults, source: status, clock, log: report }),
    journal: await JournalWriter.open({
      ...start.journal,
      clock,
      idleSealMilliseconds: start.config.journalIdleSealSeconds * 1000,
      onSealed: (segment) => report.send({ type: 'sealed', segment }),
      onFault: (fault) => report.send({ type: 'journal_fault', fault: fault?.message }),
    }),
  };
}
