import { Command, CommanderError } from 'commander';
import { ServiceCallError } from '@kakunin/service-client';
import packageJson from '../package.json' with { type: 'json' };
import { CliError, EXIT } from './cli-error.ts';
import { auditCommand } from './commands/audit.ts';
import { authorityCommand } from './commands/authority.ts';
import { billingCommand } from './commands/billing.ts';
import { blindListCommand } from './commands/blind-list.ts';
import { callerCommand } from './commands/caller.ts';
import { certificateCommand } from './commands/certificate.ts';
import { certificatesCommand } from './commands/certificates.ts';
import { commitmentCommand } from './commands/commitment.ts';
import { crlCommand } from './commands/crl.ts';
import { dataKeysCommand } from './commands/data-keys.ts';
import { deadLettersCommand } from './commands/dead-letters.ts';
import { derivedCredentialsCommand } from './commands/derived-credentials.ts';
import { evidenceCommand } from './commands/evidence.ts';
import { identifyCommand } from './commands/identify.ts';
import { ledgerCommand } from './commands/ledger.ts';
import { linkageEventsCommand } from './commands/linkage-events.ts';
import { matchingsCommand } from './commands/matchings.ts';
import { ocspCommand } from './commands/ocsp.ts';
import { personsCommand } from './commands/persons.ts';
import { relyingPartyCommand } from './commands/relying-party.ts';
import { resaleCommand } from './commands/resale.ts';
import { serialNumbersCommand } from './commands/serial-numbers.ts';
import { sectorsCommand } from './commands/sectors.ts';
import { tariffCommand } from './commands/tariff.ts';
import { topicsCommand } from './commands/topics.ts';
import { usageCommand } from './commands/usage.ts';
import { waiverCommand } from './commands/waiver.ts';
import { webhooksCommand } from './commands/webhooks.ts';
import { Context, type GlobalOptions } from './context.ts';
import { EXAMPLES } from './examples.ts';
import { fileFault } from './file-fault.ts';
import { pathOf, referenceCommand } from './reference.ts';
import type { Terminal } from './terminal.ts';

const EXIT_CODES = `
Exit codes: 0 good, 1 revoked, refused or a check that failed, 2 usage, 3 unreachable or temporarily unable.`;

/** By what they are about, in the order in which help lists them. */
const COMMANDS: Readonly<Record<string, readonly ((context: Context) => Command)[]>> = {
  'Certificates:': [authorityCommand, certificateCommand, certificatesCommand, serialNumbersCommand],
  'Certificate status:': [ocspCommand, crlCommand, blindListCommand, evidenceCommand],
  'Persons and service providers:': [
    relyingPartyCommand,
    identifyCommand,
    personsCommand,
    sectorsCommand,
    linkageEventsCommand,
    webhooksCommand,
    derivedCredentialsCommand,
    matchingsCommand,
  ],
  'Money:': [
    usageCommand,
    tariffCommand,
    waiverCommand,
    commitmentCommand,
    billingCommand,
    ledgerCommand,
    resaleCommand,
  ],
  'Operation:': [callerCommand, auditCommand, dataKeysCommand, topicsCommand, deadLettersCommand],
};

export function buildProgram(terminal: Terminal): { program: Command; context: Context } {
  const program = new Command('kakunin');
  const context = new Context(terminal, () => program.opts<GlobalOptions>());
  program
    .description('Kakunin 確認: certificate status, free CRLs, metering and pairwise pseudonyms')
    .version(packageJson.version)
    .option(
      '--profile <file>',
      'where the services are and as whom to call them (else KAKUNIN_PROFILE, else .kakunin/cli.json upward)',
    )
    .option('--client-certificate <file>', "call with this client certificate instead of the profile's")
    .option('--client-key <file>', 'the key of --client-certificate')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EXIT_CODES);
  for (const [heading, commands] of Object.entries(COMMANDS)) {
    program.commandsGroup(heading);
    for (const command of commands) program.addCommand(command(context));
  }
  program.commandsGroup('Help:').helpCommand('help [command]', 'display help for command');
  program.addCommand(referenceCommand(context, program), { hidden: true });
  settle(program, terminal);
  return { program, context };
}

/** Every command writes to the terminal given, and ends by throwing instead of ending the process. */
function settle(command: Command, terminal: Terminal): void {
  command
    .exitOverride()
    .showHelpAfterError('(add --help for the options)')
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
    });
  const examples = EXAMPLES[pathOf(command)];
  if (examples) command.addHelpText('after', ['\nExamples:', ...examples].join('\n  '));
  for (const child of command.commands) {
    child.configureHelp({ showGlobalOptions: true });
    settle(child, terminal);
  }
}

const exitOf = ({ code }: ServiceCallError) => (code === 'unreachable' || code === 'unable' ? 'unreachable' : 'failed');

/** Runs one command line. @returns the exit code */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { program, context } = buildProgram(terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    // Commander has printed its own message already; help and version end with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.good : EXIT.usage;
    if (error instanceof CliError || error instanceof ServiceCallError) {
      terminal.stderr.write(`kakunin: ${error.message}\n`);
      return EXIT[error instanceof CliError ? error.code : exitOf(error)];
    }
    const { path } = error as NodeJS.ErrnoException;
    const fault = fileFault(error);
    if (path !== undefined && fault !== undefined) {
      terminal.stderr.write(`kakunin: ${path} cannot be written: ${fault}.\n`);
      return EXIT.usage;
    }
    const detail = terminal.env['KAKUNIN_DEBUG'] ? (error as Error).stack : (error as Error).message;
    terminal.stderr.write(`kakunin: an error that should not happen, please report it: ${detail}\n`);
    return EXIT.failed;
  }
}
