import { LinkageError } from '@kakunin/linkage';
import { Inject, Injectable } from '@nestjs/common';
import { CallerWatch } from '../probing/caller-watch.ts';
import { RegistryMetrics } from '../registry-metrics.ts';
import { ppidsOf } from '../sectors/opened-sectors.ts';
import { AttemptRecorder, type Recorded } from './attempt-recorder.ts';
import { EvidenceSigner } from './evidence-signer.ts';
import { Examination, type Examined } from './examination.ts';
import type { Identification, IdentificationRequest } from './identification.ts';
import { DEFAULT_POLICY } from './identification-policy.ts';
import { waitForGrid } from './refusal-grid.ts';
import { statusSaid } from './status-said.ts';

export interface IdentifiedBy {
  readonly identification: Identification;
  readonly authorityId: string;
}

/** Names persons to service providers, against a proof that their certificate is at hand. */
@Injectable()
export class Identifications {
  constructor(
    @Inject(Examination) private readonly examination: Examination,
    @Inject(AttemptRecorder) private readonly recorder: AttemptRecorder,
    @Inject(EvidenceSigner) private readonly signer: EvidenceSigner,
    @Inject(CallerWatch) private readonly watch: CallerWatch,
    @Inject(RegistryMetrics) private readonly metrics: RegistryMetrics,
  ) {}

  /**
   * Whatever is missing (the person, the right of the service provider, the authority, the proof, the purpose), the
   * refusal, the work before it and its time are the same: nobody learns from it whether a certificate is known.
   * @throws LinkageError `not_identifiable`
   * @throws RegistryError `calls_exhausted` | `caller_blocked`
   */
  async identify(request: IdentificationRequest): Promise<Identification> {
    return (await this.identifyBy(request)).identification;
  }

  /** As {@link identify}. @returns as well by whose certificate */
  async identifyBy(request: IdentificationRequest): Promise<IdentifiedBy> {
    const { platformProvider: caller, certificate } = request;
    await this.watch.admit(caller);
    const started = performance.now();
    const examined = await this.examination.examine(request);
    const recorded = await this.recorder.record(this.examination.attempt(examined));
    const { issuer, linked } = examined;
    const identified = recorded.personKey !== undefined;
    const personId = identified ? linked?.person.person_id : undefined;
    this.watch.observe(caller, { authority: issuer?.authority, certificate, personId });
    this.metrics.identifications.inc({ outcome: identified ? 'identified' : 'not_identifiable' });
    if (identified) {
      return { identification: await this.#answer(examined, recorded), authorityId: issuer!.authority.authorityId };
    }
    await waitForGrid(started);
    throw new LinkageError(
      'not_identifiable',
      'No person can be named: the certificate, its proof, the purpose or the service provider is not entitled to one here.',
    );
  }

  async #answer(examined: Examined, { personKey, succeeded, auditHash }: Recorded): Promise<Identification> {
    const { linked, sector, policy = DEFAULT_POLICY } = examined;
    const said = { ...ppidsOf(sector!, personKey!), ...statusSaid(policy.says, linked!), succeeded };
    return { ...said, evidence: await this.signer.sign({ examined, said, auditHash }) };
  }
}
