import { Command } from 'commander';
import type { Context } from '../context.ts';
import { documentCommand, exportCommand } from './billing-export.ts';
import { closeCommand } from './close.ts';
import { creditNoteCommand } from './credit-note.ts';
import { producersCommand } from './producers.ts';
import { pruneCommand } from './prune.ts';
import { reconcileCommand } from './reconcile.ts';
import { simulateCommand } from './simulate.ts';
import { statementCommand, statementsCommand } from './statements.ts';
import { digestKeyCommand } from './digest-key.ts';

export const billingCommand = (context: Context): Command =>
  new Command('billing')
    .description('what is charged')
    .addCommand(exportCommand(context))
    .addCommand(documentCommand(context))
    .addCommand(simulateCommand(context))
    .addCommand(closeCommand(context))
    .addCommand(statementsCommand(context))
    .addCommand(statementCommand(context))
    .addCommand(creditNoteCommand(context))
    .addCommand(reconcileCommand(context))
    .addCommand(producersCommand(context))
    .addCommand(pruneCommand(context))
    .addCommand(digestKeyCommand(context));
