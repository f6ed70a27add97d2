import { randomBytes } from 'node:crypto';
import type { Clock } from '@kakunin/calendar';
import { LinkageError } from '@kakunin/linkage';
import { CLOCK } from '@kakunin/runtime';
import { issueTranslation, redeemTranslation, TRANSLATION_TOKEN_OCTETS, translationTokenHash } from '@kakunin/sectors';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { RegistryDatabase } from '../database/registry-database.ts';
import type { SignedChallenge } from '../identifications/challenges.ts';
import { Possession, type Shown } from '../identifications/possession.ts';
import { waitForGrid } from '../identifications/refusal-grid.ts';
import { CallerWatch } from '../probing/caller-watch.ts';
import { RegistryError } from '../registry-error.ts';
import { requireOwn } from '../relying-parties/own-service-provider.ts';
import type { GivenPpids } from './opened-sectors.ts';
import { findGrant, insertGrant, noteRedeemed } from './translation.store.ts';
import { TranslatedNames } from './translated-names.ts';

export interface TranslationAsked extends SignedChallenge {
  /** Who shall know the person, in its own name. */
  readonly to: string;
}

export interface IssuedTranslation {
  readonly token: string;
  readonly expiresAt: number;
}

export interface Redemption {
  readonly serviceProvider: string;
  readonly token: string;
}

/** Lets one service provider introduce a person to another, when the person has signed for just that. */
@Injectable()
export class Translations {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(Possession) private readonly possession: Possession,
    @Inject(CallerWatch) private readonly watch: CallerWatch,
    @Inject(TranslatedNames) private readonly names: TranslatedNames,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * A token for the one service provider that the signature names (`translation to <code>`).
   * @throws LinkageError `not_identifiable`, as identifications do; SectorsError `sectors_equal`; RegistryError as `CallerWatch.admit`
   */
  async issue(asked: TranslationAsked): Promise<IssuedTranslation> {
    const { platformProvider: caller, serviceProvider: from, certificate, to } = asked;
    await this.watch.admit(caller);
    const started = performance.now();
    const shown = await this.possession.show(`translation to ${to}`, asked);
    const issued = await this.database.transaction(async (client) => {
      const grant = await this.#grant(client, shown, { from, to });
      await this.names.enter(client, shown.linked, { caller, onBehalfOf: from, granted: grant !== undefined });
      return grant;
    });
    const personId = issued && shown.linked?.person.person_id;
    this.watch.observe(caller, { authority: shown.issuer?.authority, certificate, personId });
    if (issued) return issued;
    await waitForGrid(started);
    throw new LinkageError(
      'not_identifiable',
      'No token is given: the certificate or its proof does not entitle to it.',
    );
  }

  /** The person's name in the sector of whom the token is for, once. @throws RegistryError `translation_unusable` */
  redeem(caller: string, { serviceProvider, token }: Redemption): Promise<GivenPpids> {
    return this.database.transaction(async (client) => {
      await requireOwn(client, caller, serviceProvider);
      const now = this.clock.now();
      const grant = await findGrant(client, translationTokenHash(token));
      const redeemed = redeemTranslation(grant, { token, by: serviceProvider, now });
      const name = redeemed && (await this.names.give(client, redeemed));
      if (!redeemed || !name)
        throw new RegistryError('translation_unusable', 'It is used, too old, or not for this service provider.');
      await noteRedeemed(client, redeemed);
      const linked = await this.names.linked(client, redeemed.certificate);
      await this.names.enter(client, linked, { caller, onBehalfOf: serviceProvider, granted: true });
      return name;
    });
  }

  async #grant(
    client: PoolClient,
    { proven, linked }: Shown,
    { from, to }: { readonly from: string; readonly to: string },
  ): Promise<IssuedTranslation | undefined> {
    if (!proven || linked?.status.status !== 'good' || !linked.person.person_key_sealed) return undefined;
    const random = randomBytes(TRANSLATION_TOKEN_OCTETS);
    const asked = { random, now: this.clock.now(), certificate: linked.certificateId, from, to };
    const { token, grant } = issueTranslation(asked);
    await insertGrant(client, grant, asked.now);
    return { token, expiresAt: grant.expiresAt };
  }
}
