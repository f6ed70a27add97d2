import { formatJst } from '@kakunin/calendar';
import { Command } from 'commander';
import type { Context } from '../context.ts';
import { dryRunOption, outputOption } from '../options.ts';
import { givenNamesSchema, translationSchema } from '../sectors-api.ts';
import { type PersonOptions, signChallenge } from '../signed-challenge.ts';

/** Called as the platform provider of the profile, for the service provider that is named. */
export const translationCommand = (context: Context): Command =>
  new Command('translation')
    .description('let one service provider introduce a person to another, each by its own name')
    .addCommand(issue(context))
    .addCommand(redeem(context));

interface IssueOptions extends PersonOptions {
  readonly to: string;
  readonly output: string;
  readonly dryRun?: boolean;
}

/** Plays both sides: the person who signs, and the provider that introduces. */
const issue = (context: Context): Command =>
  new Command('issue')
    .description("get a token for the other service provider, with the person's signature: for once, within minutes")
    .requiredOption('--certificate <file>', "the person's certificate, PEM or DER")
    .requiredOption('--key <file>', 'its private key, PEM')
    .requiredOption('--service-provider <code>', 'who introduces the person')
    .requiredOption('--to <code>', 'to whom; nobody else can redeem the token')
    .addOption(outputOption('table', 'json'))
    .addOption(dryRunOption())
    .action(async ({ to, output, dryRun, ...person }: IssueOptions) => {
      if (dryRun) return context.printUnsent({ serviceProvider: person.serviceProvider, to });
      const proof = await signChallenge(context, `translation to ${to}`, person);
      const registry = context.registryForPlatformProvider();
      const issued = await registry.post('/sectors/translations', { ...proof, to }, translationSchema);
      if (output === 'json') return context.printJson(issued);
      context.print(`${issued.token}\n`);
      context.note(`${to} redeems it once, until ${formatJst(issued.expiresAt)}.`);
    });

interface RedeemOptions {
  readonly token: string;
  readonly serviceProvider: string;
  readonly output: string;
  readonly dryRun?: boolean;
}

const redeem = (context: Context): Command =>
  new Command('redeem')
    .description("redeem a token for the service provider's own name of the person; it is used up by that")
    .option('--token <token>', 'the token, `-` for stdin, where no history keeps it', '-')
    .requiredOption('--service-provider <code>', 'to whom the person was introduced')
    .addOption(outputOption('table', 'json'))
    .addOption(dryRunOption())
    .action(async (options: RedeemOptions) => {
      const { serviceProvider, output, dryRun } = options;
      const token = await context.secret(options.token);
      if (dryRun) return context.printUnsent({ serviceProvider, token: '…' });
      const registry = context.registryForPlatformProvider();
      const body = { serviceProvider, token };
      const named = await registry.post('/sectors/translations/redemptions', body, givenNamesSchema);
      if (output === 'json') return context.printJson(named);
      context.print(`${named.ppid}\n`);
      if (named.previousPpid !== undefined) context.note(`It was ${named.previousPpid} before.`);
    });
