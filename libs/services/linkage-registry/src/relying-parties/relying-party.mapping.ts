import { type RelyingParty, relyingPartySchema } from '@kakunin/relying-parties';
import type { Prisma } from '../generated/prisma/client.ts';

type Row = Prisma.RelyingPartyGetPayload<{ include: { credentials: true } }>;

export const partyOf = (row: Row): RelyingParty =>
  relyingPartySchema.parse({
    code: row.code,
    name: row.name,
    kind: row.kind,
    ...(row.platformProviderCode !== null && { platformProvider: row.platformProviderCode }),
    roles: row.roles,
    credentials: row.credentials.map(({ fingerprint, notBefore, notAfter, revokedAt }) => ({
      fingerprint,
      notBefore: Number(notBefore),
      notAfter: Number(notAfter),
      ...(revokedAt !== null && { revokedAt: Number(revokedAt) }),
    })),
  });
