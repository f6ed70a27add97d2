import { sign } from 'node:crypto';
import { challengeMessage, type ChallengeUse } from '@kakunin/linkage';
import { readCertificate } from './certificate-file.ts';
import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';
import { hashFor, readKey } from './private-key.ts';
import { challengeSchema } from './registry-api.ts';

export interface PersonOptions {
  readonly certificate: string;
  readonly key: string;
  readonly serviceProvider: string;
}

/** Plays the person, who signs, and the PF provider, who asks for the challenge. @returns the proof as requests have it */
export async function signChallenge(context: Context, use: ChallengeUse, options: PersonOptions) {
  const { serviceProvider } = options;
  const platformProvider = context.profile.platformProvider?.code;
  if (platformProvider === undefined) {
    throw new CliError('usage', `The profile ${context.profile.file} has no "platformProvider" to ask as.`);
  }
  const certificate = await readCertificate(context, options.certificate);
  const key = await readKey(context, options.key);
  const registry = context.registryForPlatformProvider();
  const { challengeId, challenge } = await registry.post('/challenges', { serviceProvider, use }, challengeSchema);
  const octets = Buffer.from(challenge, 'base64');
  const message = challengeMessage(use, { challenge: octets, platformProvider, serviceProvider });
  return {
    serviceProvider,
    certificate: certificate.raw.toString('base64'),
    challengeId,
    signature: sign(hashFor(key), message, key).toString('base64'),
  };
}
