import type { RevocationReason } from '@kakunin/certificates';
import {
  type BaseEvent,
  type DerivedCredential,
  type GroundEvent,
  type Grounding,
  onBaseEvent,
  onOwnEvent,
  onTime,
  type OwnEvent,
} from '@kakunin/derived-credentials';
import { Inject, Injectable } from '@nestjs/common';
import type { Queries } from '../database/queries.ts';
import type { CertificateNews, CredentialNews, ErasedCertificate } from '../news/news.ts';
import { DerivedCredentialStore } from './derived-credential.store.ts';

type At = { /** Epoch ms. */ readonly at: number };
type Happened = (CertificateNews | ErasedCertificate) & At;

const OWN_EVENTS: Partial<Record<Happened['type'] | CredentialNews['type'], OwnEvent>> = {
  certificate_revoked: 'revoked',
  certificate_held: 'held',
  certificate_released: 'released',
  credential_revoked: 'revoked',
  credential_held: 'held',
  credential_released: 'released',
};

/** Watches over what rests on certificates, and says what its providers are to be told. */
@Injectable()
export class GroundWatch {
  constructor(@Inject(DerivedCredentialStore) private readonly store: DerivedCredentialStore) {}

  /** Of some certificates those on which, or on whose predecessors, something rests, and those that rest themselves. */
  concerned(client: Queries, certificateIds: readonly string[]): Promise<ReadonlySet<string>> {
    return this.store.concerned(client, certificateIds);
  }

  /** What becomes of a credential that is this certificate, of those on it, and of those that wait for it as a successor. */
  async onCertificate(client: Queries, { type, certificateId, at }: Happened): Promise<readonly GroundEvent[]> {
    const told = [...(await this.#onItself(client, { certificateId }, { type, at }))];
    for (const credential of await this.store.restingOn(client, certificateId)) {
      for (const event of await this.#baseEvents(client, type, certificateId)) {
        told.push(...(await this.#keep(client, credential, onBaseEvent(credential, event, at))));
      }
    }
    if (type !== 'certificate_released') return told;
    // A successor that was held when it came grounds what waits for it as soon as it is good.
    for (const { predecessor, successor } of await this.store.goodSuccessors(client, { successor: certificateId })) {
      for (const credential of await this.store.restingOn(client, predecessor)) {
        const renewed = { type: 'renewed', certificate: predecessor, ...successor } as const;
        told.push(...(await this.#keep(client, credential, onBaseEvent(credential, renewed, at))));
      }
    }
    return told;
  }

  /** What becomes of a credential of which its own authority has said something, without having registered it. */
  onCredential(client: Queries, { type, credentialId, at }: CredentialNews & At): Promise<readonly GroundEvent[]> {
    return this.#onItself(client, { credentialId }, { type, at });
  }

  /** What time does: bases that have expired, successors that did not come. */
  async onTime(client: Queries, now: number): Promise<readonly GroundEvent[]> {
    const told: GroundEvent[] = [];
    for (const credential of await this.store.over(client, now)) {
      told.push(...(await this.#keep(client, credential, onTime(credential, now))));
    }
    return told;
  }

  /** Forgets what ended before an instant, epoch ms. */
  forget(client: Queries, before: number): Promise<void> {
    return this.store.forget(client, before);
  }

  async #onItself(
    client: Queries,
    named: Parameters<DerivedCredentialStore['themselves']>[1],
    { type, at }: At & { readonly type: Happened['type'] | CredentialNews['type'] },
  ): Promise<readonly GroundEvent[]> {
    const event = OWN_EVENTS[type];
    if (!event) return [];
    const told: GroundEvent[] = [];
    for (const credential of await this.store.themselves(client, named)) {
      told.push(...(await this.#keep(client, credential, onOwnEvent(credential, event, at))));
    }
    return told;
  }

  async #keep(
    client: Queries,
    before: DerivedCredential,
    { credential, news }: Grounding,
  ): Promise<readonly GroundEvent[]> {
    if (credential !== before) await this.store.update(client, { credential, reason: news?.reason });
    if (!news) return [];
    const { provider, reference, state, reason, at } = news;
    return [
      {
        type: 'derived_credential_changed',
        serviceProvider: provider,
        kind: before.kind,
        reference,
        state,
        reason,
        at,
      },
    ];
  }

  async #baseEvents(client: Queries, type: Happened['type'], certificate: string): Promise<readonly BaseEvent[]> {
    switch (type) {
      case 'erased':
        return [{ type: 'erased', certificate }];
      case 'certificate_held':
        return [{ type: 'held', certificate }];
      case 'certificate_released':
        return [{ type: 'released', certificate }];
      case 'certificate_revoked':
        // A final revocation stays what it is, so that its reason can be read later.
        return [{ type: 'revoked', certificate, reason: await this.#reasonOf(client, certificate) }];
      case 'certificate_succeeded': {
        const [found] = await this.store.goodSuccessors(client, { predecessor: certificate });
        return found ? [{ type: 'renewed', certificate, ...found.successor }] : [];
      }
    }
  }

  async #reasonOf(client: Queries, certificateId: string): Promise<RevocationReason> {
    return (await this.store.revocationReason(client, certificateId)) ?? 'unspecified';
  }
}
