import { createHash } from 'node:crypto';
import type { IssuedCertificate } from '@kakunin/testing/test-ca';
import { type NewsUnderTest, startNews } from '../../news/testing/news-under-test.ts';

/** One person, and everything of him that must not come out. */
export interface Victim {
  readonly holder: string;
  readonly issued: IssuedCertificate;
  /** By service provider. */
  readonly ppids: Readonly<Record<string, string>>;
}

/** A registry that was used for a while. */
export interface LeakScene {
  readonly news: NewsUnderTest;
  readonly victims: readonly Victim[];
}

const PERSONS = 8;

/** Persons that are known to sp-a, sp-b and sp-x; one was revoked, and all were told of. */
export async function stageLeak(): Promise<LeakScene> {
  const news = await startNews();
  const victims: Victim[] = [];
  for (let index = 0; index < PERSONS; index += 1) {
    const holder = `holder-of-leak-${index}`;
    const issued = await news.issue(holder);
    const ppids: Record<string, string> = {};
    for (const serviceProvider of ['sp-a', 'sp-b', 'sp-x']) {
      ppids[serviceProvider] = await news.ppidOf(issued, serviceProvider);
    }
    victims.push({ holder, issued, ppids });
  }
  await news.turn('revocations', victims[0]!.issued, { reason: 'superseded' });
  await Promise.all(['sp-a', 'sp-b', 'sp-x'].map((serviceProvider) => news.eventsOf(serviceProvider, 1)));
  return { news, victims };
}

/** What a certificate is known by, in the ways in which it might be written down. */
export function writingsOf({ holder, issued }: Pick<Victim, 'holder' | 'issued'>): readonly Buffer[] {
  const { serialNumber, der } = issued.certificate;
  const fingerprint = createHash('sha256').update(der).digest();
  return [
    Buffer.from(holder),
    Buffer.from(`"${serialNumber}"`),
    Buffer.from(`'${serialNumber}'`),
    Buffer.from(fingerprint.toString('hex')),
    Buffer.from(fingerprint.toString('base64')),
    fingerprint,
    Buffer.from(der),
    Buffer.from(Buffer.from(der).toString('base64')),
  ];
}
