import { Command, InvalidArgumentError } from 'commander';
import { formatJst } from '@kakunin/calendar';
import type { z } from 'zod';
import type { Context } from '../context.ts';
import { dryRunOption, outputOption } from '../options.ts';
import { acknowledgedSchema } from '../registry-api.ts';
import { dataKeysSchema, newDataKeySchema, removedSchema, resealedSchema } from '../sectors-api.ts';

export const dataKeysCommand = (context: Context): Command =>
  new Command('data-keys')
    .description('the keys under which the registry seals persons and sectors')
    .addCommand(list(context))
    .addCommand(rotate(context))
    .addCommand(reseal(context))
    .addCommand(destroy(context))
    .addCommand(retireRootKey(context));

function parseKeyNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is the number of a data key.');
}

const timeText = (at: number | undefined): string => (at === undefined ? '' : formatJst(at));

const list = (context: Context): Command =>
  new Command('list')
    .description('list the data keys')
    .addOption(outputOption('table', 'json'))
    .action(async ({ output }: { output: string }) => {
      context.printRows(output, await context.registry().get('/data-keys', dataKeysSchema), [
        { title: 'key', value: ({ dataKeyId }) => `${dataKeyId}` },
        { title: 'purpose', value: ({ purpose }) => purpose },
        { title: 'since', value: ({ createdAt }) => timeText(createdAt) },
        { title: 'retired', value: ({ retiredAt }) => timeText(retiredAt) },
        { title: 'destroyed', value: ({ destroyedAt }) => timeText(destroyedAt) },
        { title: 'wrapped under', value: ({ rootKeyIds }) => rootKeyIds.join(', ') },
      ]);
    });

const rotate = (context: Context): Command =>
  new Command('rotate')
    .description('seal under a new key from now on')
    .addOption(dryRunOption())
    .action(async ({ dryRun }: { dryRun?: boolean }) => {
      if (dryRun) return context.note('Would make a new data key. Nothing was sent.');
      const { dataKeyId } = await context.registry().post('/data-keys/rotations', {}, newDataKeySchema);
      context.note(`Key ${dataKeyId} seals from now on. Then: kakunin data-keys reseal.`);
    });

const reseal = (context: Context): Command =>
  new Command('reseal')
    .description('seal again what is sealed under older keys; interrupted, begin it anew')
    .addOption(dryRunOption())
    .action(async ({ dryRun }: { dryRun?: boolean }) => {
      if (dryRun) return context.note('Would seal everything under the newest key. Nothing was sent.');
      let total = 0;
      let place: z.output<typeof resealedSchema>['next'];
      do {
        const answer = await context.registry().post('/data-keys/resealings', { place }, resealedSchema);
        total += answer.resealed;
        place = answer.next;
        context.terminal.stderr.write(
          `\r${Math.floor((100 * answer.done) / Math.max(answer.pages, 1))} %  ${total} rows`,
        );
      } while (place);
      context.note(`\r${total} rows are sealed under the newest key now.`);
    });

const destroy = (context: Context): Command =>
  new Command('destroy')
    .description('destroy a retired key under which nothing is sealed any more')
    .argument('<key>', 'its number', parseKeyNumber)
    .addOption(dryRunOption())
    .action(async (dataKeyId: number, { dryRun }: { dryRun?: boolean }) => {
      if (dryRun) return context.note(`Would destroy key ${dataKeyId}. Nothing was sent.`);
      await context.registry().post('/data-keys/destructions', { dataKeyId }, acknowledgedSchema);
      context.note(`Key ${dataKeyId} is destroyed.`);
    });

const retireRootKey = (context: Context): Command =>
  new Command('retire-root-key')
    .description('end the root key before the present one: who has only that serves no more')
    .addOption(dryRunOption())
    .action(async ({ dryRun }: { dryRun?: boolean }) => {
      if (dryRun) return context.note('Would remove the wrappings under older root keys. Nothing was sent.');
      const { removed } = await context.registry().post('/data-keys/root-key-retirements', {}, removedSchema);
      context.note(`${removed} wrappings are removed.`);
    });
