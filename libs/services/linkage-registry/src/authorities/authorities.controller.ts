import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '@kakunin/calendar';
import { type Authority, authoritySchema, CertificatesError } from '@kakunin/certificates';
import { CERTIFICATE_EVENTS } from '@kakunin/event-log';
import { appendToOutbox, lockOutboxKey } from '@kakunin/outbox';
import { CLOCK } from '@kakunin/runtime';
import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { certificateTextSchema, readCertificateText } from '../certificate-text.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { AuthorityStore, type RegisteredAuthority } from './authority.store.ts';

const holderRealmSchema = z
  .string()
  .regex(/^[a-z0-9-]{1,32}$/)
  .describe('Authorities of one realm mean the same person by the same holder handle.');
const registeredAuthoritySchema = authoritySchema.extend({ holderRealm: holderRealmSchema });

const newAuthoritySchema = authoritySchema
  .extend({ certificate: certificateTextSchema, holderRealm: holderRealmSchema.default('default') })
  .strict();

/** Who issues certificates; an authority is one key. */
@Controller('authorities')
export class AuthoritiesController {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(AuthorityStore) private readonly store: AuthorityStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @AllowCall('read_authorities')
  @ApiOkResponse({ standardSchema: z.array(registeredAuthoritySchema) })
  list(): Promise<readonly RegisteredAuthority[]> {
    return this.store.all(this.database);
  }

  /** Repeating a registration changes nothing; a differing one is refused. */
  @Post()
  @AllowCall('register_authority')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: registeredAuthoritySchema })
  async register(
    @Body({ schema: newAuthoritySchema }) body: z.output<typeof newAuthoritySchema>,
  ): Promise<RegisteredAuthority> {
    const parsed = readCertificateText(body.certificate);
    if (!parsed.isAuthority) {
      throw new CertificatesError(
        'authority_differs',
        "This is no authority's certificate: basicConstraints do not say CA.",
      );
    }
    const { certHash, partitioned, ...rest } = body;
    const certificate = Buffer.from(parsed.der).toString('base64');
    const options = { ...(certHash && { certHash }), ...(partitioned && { partitioned }) };
    const authority = { ...rest, certificate, ...options };
    const keyHash = createHash('sha256').update(parsed.publicKeyBits).digest();
    await this.database.transaction(async (client) => {
      await lockOutboxKey(client, CERTIFICATE_EVENTS, authority.authorityId);
      const there = await this.store.insert(client, { ...authority, keyHash, registeredAt: this.clock.now() });
      if (there) return refuseDiffering(there, authority);
      await appendToOutbox(client, [registrationOf(authority)]);
    });
    return authority;
  }
}

function registrationOf({ authorityId, certificateClass, certificate, serialScheme, ...asked }: Authority) {
  const options = { ...(asked.certHash && { certHash: true }), ...(asked.partitioned && { partitioned: true }) };
  const authority = { authorityId, certificateClass, certificate, serialScheme, ...options };
  return { topic: CERTIFICATE_EVENTS, key: authorityId, value: { type: 'authority_registered', authority } };
}

function refuseDiffering(there: RegisteredAuthority, asked: RegisteredAuthority): void {
  if (isDeepStrictEqual(there, asked)) return;
  throw new CertificatesError(
    'authority_differs',
    there.authorityId === asked.authorityId
      ? 'This authority is registered with another certificate, class, serial scheme, holder realm, CertHash or partitions. A new key is a new authority.'
      : `This key is registered as ${there.authorityId} already: an authority is one key.`,
  );
}
