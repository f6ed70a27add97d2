import type { Clock } from '@kakunin/calendar';
import { RELYING_PARTY_EVENTS } from '@kakunin/event-log';
import { appendToOutbox, lockOutboxKey, type SqlTransaction } from '@kakunin/outbox';
import type { Credential, RelyingParty } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { RegistryDatabase } from '../database/registry-database.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import { Vault } from '../keys/vault.ts';
import { RegistryError } from '../registry-error.ts';
import { mintSector } from '../sectors/mint-sector.ts';
import { partyOf } from './relying-party.mapping.ts';

type Client = Prisma.TransactionClient;
const WITH_CREDENTIALS = { credentials: { orderBy: { fingerprint: 'asc' as const } } };

/** Relying parties and their credentials: every write goes out whole, as the party is after it. */
@Injectable()
export class RelyingParties {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async all(): Promise<readonly RelyingParty[]> {
    const rows = await this.database.administration((client) =>
      client.relyingParty.findMany({ include: WITH_CREDENTIALS, orderBy: { code: 'asc' } }),
    );
    return rows.map(partyOf);
  }

  /** Registers a party or changes its name, roles or platform provider. @throws RegistryError `relying_party_differs` | `relying_party_unknown` */
  put({ code, name, kind, platformProvider, roles }: Omit<RelyingParty, 'credentials'>): Promise<RelyingParty> {
    return this.#change(code, async (client) => {
      const before = await client.relyingParty.findUnique({ where: { code } });
      if (before && before.kind !== kind) {
        throw new RegistryError(
          'relying_party_differs',
          `${code} is registered as another kind of relying party; a kind is for ever.`,
        );
      }
      if (platformProvider !== undefined) await requirePlatformProvider(client, platformProvider);
      const row = { name, kind, platformProviderCode: platformProvider ?? null, roles };
      await client.relyingParty.upsert({ where: { code }, create: { code, ...row }, update: row });
      if (kind === 'service_provider') await mintSector(client, this.vault, { sector: code, now: this.clock.now() });
    });
  }

  /** @throws RegistryError `relying_party_unknown` | `credential_taken` */
  addCredential(code: string, { fingerprint, notBefore, notAfter }: Credential): Promise<RelyingParty> {
    return this.#change(code, async (client) => {
      await requireParty(client, code);
      const there = await client.credential.findUnique({ where: { fingerprint } });
      if (there && there.partyCode !== code) {
        throw new RegistryError(
          'credential_taken',
          'This client certificate belongs to another relying party: use another key pair.',
        );
      }
      if (there) return;
      const validity = { notBefore: BigInt(notBefore), notAfter: BigInt(notAfter) };
      await client.credential.create({ data: { fingerprint, partyCode: code, ...validity } });
    });
  }

  /** Withdraws a credential for good. @throws RegistryError `relying_party_unknown` | `credential_unknown` */
  revokeCredential(code: string, fingerprint: string): Promise<RelyingParty> {
    return this.#change(code, async (client) => {
      await requireParty(client, code);
      const there = await client.credential.findUnique({ where: { fingerprint, partyCode: code } });
      if (!there) throw new RegistryError('credential_unknown', `${code} has no credential with this fingerprint.`);
      if (there.revokedAt !== null) return;
      await client.credential.update({ where: { fingerprint }, data: { revokedAt: BigInt(this.clock.now()) } });
    });
  }

  #change(code: string, write: (client: Client) => Promise<void>): Promise<RelyingParty> {
    return this.database.administration(async (client) => {
      const transaction = sqlOf(client);
      await lockOutboxKey(transaction, RELYING_PARTY_EVENTS, code);
      await write(client);
      const row = await client.relyingParty.findUniqueOrThrow({ where: { code }, include: WITH_CREDENTIALS });
      const party = partyOf(row);
      await appendToOutbox(transaction, [
        { topic: RELYING_PARTY_EVENTS, key: code, value: { type: 'relying_party', party } },
      ]);
      return party;
    });
  }
}

const sqlOf = (client: Client): SqlTransaction => ({
  query: (text, values) => client.$executeRawUnsafe(text, ...values),
});

async function requireParty(client: Client, code: string): Promise<void> {
  if (await client.relyingParty.findUnique({ where: { code } })) return;
  throw new RegistryError(
    'relying_party_unknown',
    `${code} is not registered: register it first ("kakunin relying-party register").`,
  );
}

async function requirePlatformProvider(client: Client, code: string): Promise<void> {
  const row = await client.relyingParty.findUnique({ where: { code } });
  if (row?.kind === 'platform_provider') return;
  throw new RegistryError(
    'relying_party_unknown',
    `${code} is not registered as a platform provider: register it first.`,
  );
}
