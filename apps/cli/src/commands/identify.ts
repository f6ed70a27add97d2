import { Command } from 'commander';
import { jstDateOf } from '@kakunin/calendar';
import { EXIT } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { outputOption } from '../options.ts';
import { identificationSchema } from '../registry-api.ts';
import { type PersonOptions, signChallenge } from '../signed-challenge.ts';

interface IdentifyOptions extends PersonOptions {
  readonly purpose: string;
  readonly output: string;
}

/** Plays both sides: the person who signs, and the PF provider that asks. */
export const identifyCommand = (context: Context): Command =>
  new Command('identify')
    .description("ask for a person's pseudonym (ppid) at a service provider: challenge, signature, identification")
    .requiredOption('--certificate <file>', "the person's certificate, PEM or DER")
    .requiredOption('--key <file>', 'its private key, PEM')
    .requiredOption('--service-provider <code>', 'for whom the pseudonym is')
    .option('--purpose <word>', 'why, as the policy of the service provider lists it', 'login')
    .addOption(outputOption('table', 'json'))
    .action(async (options: IdentifyOptions) => {
      const proof = await signChallenge(context, 'identification', options);
      const body = { ...proof, purpose: options.purpose };
      const answer = await context.registryForPlatformProvider().post('/identifications', body, identificationSchema);
      if (options.output === 'json') context.printJson(answer);
      else {
        context.print(`${answer.ppid}\n`);
        const since = answer.since === undefined ? '' : ` since ${jstDateOf(answer.since)}`;
        const succeeded = answer.succeeded ? ', a certificate that the service provider sees for the first time' : '';
        context.note(`${answer.status}${since}${succeeded}`);
      }
      if (answer.status !== 'good' && answer.status !== 'usable') context.exitCode = EXIT.failed;
    });
