import { sign } from 'node:crypto';
import type { IssuedCertificate } from '@kakunin/testing/test-ca';
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
  { certificatePem: certificate, privateKey }: IssuedCertificate,
): Promise<Answer<Named>> {
  const challenge = await sender<{ challengeId: string; message: string }>('POST', '/challenges', { serviceProvider });
  const { challengeId, message } = challenge.body;
  const signature = sign('sha256', Buffer.from(message, 'base64'), privateKey).toString('base64');
  return sender('POST', '/identifications', { serviceProvider, certificate, challengeId, signature });
}
