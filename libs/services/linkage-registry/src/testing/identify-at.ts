import type { IssuedCertificate } from '@kakunin/testing/test-ca';
import { signChallenge } from '../identifications/testing/identification-story.ts';
import type { Answer, Send } from './api-client.ts';

export interface Named {
  readonly ppid: string;
  readonly previousPpid?: string;
  readonly since?: number;
  readonly code?: string;
}

/** Identifies the holder of a certificate to a service provider, as its platform provider does. */
export async function identifyAt(
  sender: Send,
  serviceProvider: string,
  issued: IssuedCertificate,
): Promise<Answer<Named>> {
  const proof = await signChallenge(sender, issued, { serviceProvider });
  return sender('POST', '/identifications', { serviceProvider, certificate: issued.certificatePem, ...proof });
}
