import { RelyingPartyDirectory } from '@kakunin/relying-parties';
import { JournalWriter } from '@kakunin/usage-journal/writer';
import { CallerIdentification } from '../answering/caller-identification.ts';
import { CallerLimits } from '../answering/caller-limits.ts';
import { DEFAULT_POLICY } from '../signing/authority-policy.ts';
import { ResponderSigners } from '../signing/responder-signers.ts';
import { ClientConnections } from './client-connections.ts';
import { createEngine } from './create-engine.ts';
import { Figures } from './figures.ts';
import type { Order, WorkerStart } from './protocol.ts';
import { Pulse } from './pulse.ts';
import { SharedClock } from './shared-clock.ts';
import { SharedStatus } from './shared-status.ts';
import { parseTrustedProxies } from './trusted-proxies.ts';
import type { WorkerReport } from './worker-report.ts';
import { WorkerServers } from './worker-servers.ts';

const STATE_INTERVAL_MS = 1_000;

/** One thread that answers: its servers, its engine, its keys and its journal, over memory that the main thread feeds. */
export class OcspWorker {
  readonly #report: WorkerReport;
  readonly #status: SharedStatus;
  readonly #directory: RelyingPartyDirectory;
  readonly #servers: WorkerServers;
  readonly #signers: ResponderSigners;
  readonly #journal: JournalWriter;
  readonly #timer: NodeJS.Timeout;
  readonly #stopPulse: () => void;

  private constructor(parts: OcspWorkerParts) {
    this.#report = parts.report;
    this.#status = parts.status;
    this.#directory = parts.directory;
    this.#servers = parts.servers;
    this.#signers = parts.signers;
    this.#journal = parts.journal;
    this.#timer = setInterval(() => this.#tell(), STATE_INTERVAL_MS);
    this.#stopPulse = new Pulse(parts.pulse).beat();
  }

  /** Opens everything and says that it listens. @throws an error of the system, with the `listener`'s name if it was one */
  static async start(start: WorkerStart, report: WorkerReport): Promise<OcspWorker> {
    const { config, number, listeners, reusePort, pulse } = start;
    const clock = new SharedClock(start.clock);
    const status = new SharedStatus();
    for (const authority of start.authorities) status.put(authority);
    const directory = RelyingPartyDirectory.from(start.relyingParties);
    const limits = new CallerLimits(start.limits, number);
    const figures = new Figures(start.figures);
    const signers = await openSigners(start, { clock, source: status, log: report });
    const journal = await openJournal(start, report);
    const callers = new CallerIdentification({ directory, plainCaller: config.plainCaller, limits });
    const { certificateDigestKey } = start;
    const parts = { config, clock, status, directory, callers, signers, journal, figures, log: report };
    const engine = createEngine({ ...parts, certificateDigestKey });
    const trustedProxies = config.trustedProxies === undefined ? undefined : parseTrustedProxies(config.trustedProxies);
    const connections = new ClientConnections({ directory, limits, figures, clock, trustedProxies });
    const bodyLimitOctets = config.requestSizeLimitBytes;
    const servers = new WorkerServers({ engine, connections, source: status, clock, bodyLimitOctets });
    const worker = new OcspWorker({ report, status, directory, servers, signers, journal, pulse });
    worker.#tell();
    report.send({ type: 'listening', ports: await servers.open(listeners, reusePort) });
    return worker;
  }

  /** What the main thread says. */
  obey(order: Order): void {
    switch (order.type) {
      case 'authority':
        return this.#status.put(order.authority);
      case 'authority_forgotten':
        return this.#status.forget(order.authorityId);
      case 'relying_party':
        return this.#directory.put(order.party);
      case 'close':
        return void this.close();
      default:
        throw new TypeError(`Not an order: ${JSON.stringify(order satisfies never)}`);
    }
  }

  /** Answers what was asked, and ends with everything durable. */
  async close(): Promise<void> {
    await this.#servers.close();
    await this.#journal.close();
    await this.#signers.close();
    clearInterval(this.#timer);
    this.#tell();
    this.#stopPulse();
    this.#report.send({ type: 'closed' });
  }

  #tell(): void {
    const signerFigures = this.#signers.figures();
    const journalFigures = this.#journal.figures;
    this.#report.send({ type: 'state', signers: this.#signers.health(), signerFigures, journalFigures });
  }
}

interface OcspWorkerParts {
  readonly report: WorkerReport;
  readonly status: SharedStatus;
  readonly directory: RelyingPartyDirectory;
  readonly servers: WorkerServers;
  readonly signers: ResponderSigners;
  readonly journal: JournalWriter;
  readonly pulse: SharedArrayBuffer;
}

function openSigners(
  { config }: WorkerStart,
  parts: { readonly clock: SharedClock; readonly source: SharedStatus; readonly log: WorkerReport },
): Promise<ResponderSigners> {
  const { signersDirectory: directory, neverIssued, answerValiditySeconds } = config;
  return ResponderSigners.open({
    directory,
    defaults: { ...DEFAULT_POLICY, neverIssued, answerValiditySeconds },
    ...parts,
  });
}

function openJournal({ journal }: WorkerStart, report: WorkerReport): Promise<JournalWriter> {
  return JournalWriter.open({
    ...journal,
    onSealed: (segment) => report.send({ type: 'sealed', segment }),
    onFault: (fault) => report.send({ type: 'journal_fault', fault: fault?.message }),
  });
}
