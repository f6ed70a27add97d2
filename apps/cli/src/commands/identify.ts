import { sign } from 'node:crypto';
import { Command } from 'commander';
import { formatJst } from '@kakunin/calendar';
import { identificationMessage } from '@kakunin/linkage';
import { readCertificate } from '../certificate-file.ts';
import { CliError, EXIT } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { outputOption } from '../options.ts';
import { hashFor, readKey } from '../private-key.ts';
import { challengeSchema, identificationSchema } from '../registry-api.ts';

interface IdentifyOptions {
  certificate: string;
  key: string;
  serviceProvider: string;
  output: string;
}

/** Plays both sides: the person who signs, and the PF provider that asks. */
export const identifyCommand = (context: Context): Command =>
  new Command('identify')
    .description("ask for a person's pseudonym (ppid) at a service provider: challenge, signature, identification")
    .requiredOption('--certificate <file>', "the person's certificate, PEM or DER")
    .requiredOption('--key <file>', 'its private key, PEM')
    .requiredOption('--service-provider <code>', 'for whom the pseudonym is')
    .addOption(outputOption('table', 'json'))
    .action(async (options: IdentifyOptions) => {
      const answer = await identify(context, options);
      if (options.output === 'json') context.printJson(answer);
      else {
        context.print(`${answer.ppid}\n`);
        const succeeded = answer.succeeded ? ', a newer certificate took its place' : '';
        context.note(`${answer.status} since ${formatJst(answer.since)}${succeeded}`);
      }
      if (answer.status !== 'good') context.exitCode = EXIT.failed;
    });

async function identify(context: Context, { certificate: file, key: keyFile, serviceProvider }: IdentifyOptions) {
  const platformProvider = context.profile.platformProvider?.code;
  if (platformProvider === undefined) {
    throw new CliError('usage', `The profile ${context.profile.file} has no "platformProvider" to ask as.`);
  }
  const certificate = await readCertificate(context, file);
  const key = await readKey(context, keyFile);
  const registry = context.registryForPlatformProvider();
  const { challengeId, challenge } = await registry.post('/challenges', { serviceProvider }, challengeSchema);
  const message = identificationMessage({
    challenge: Buffer.from(challenge, 'base64'),
    platformProvider,
    serviceProvider,
  });
  return registry.post(
    '/identifications',
    {
      serviceProvider,
      certificate: certificate.raw.toString('base64'),
      challengeId,
      signature: sign(hashFor(key), message, key).toString('base64'),
    },
    identificationSchema,
  );
}
