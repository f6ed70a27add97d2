import { Command, InvalidArgumentError } from 'commander';
import { formatJst } from '@kakunin/calendar';
import type { Context } from '../context.ts';
import {
  endpointSchema,
  endpointsSchema,
  registeredEndpointSchema,
  revivedSchema,
  rotatedKeySchema,
  webhookDeadLettersSchema,
} from '../news-api.ts';
import { collect, dryRunOption, outputOption, parseHttpUrl, parseUuid } from '../options.ts';
import { acknowledgedSchema } from '../registry-api.ts';

/** Called as the platform provider of the profile, for a service provider that stands behind it. */
export const webhooksCommand = (context: Context): Command =>
  new Command('webhooks')
    .description('where linkage events are sent: endpoints of service providers')
    .addCommand(register(context))
    .addCommand(list(context))
    .addCommand(verify(context))
    .addCommand(rotate(context))
    .addCommand(deadLetters(context))
    .addCommand(redeliver(context))
    .addCommand(remove(context));

const pathOf = (endpointId: string, tail = ''): string => `/webhooks/${encodeURIComponent(endpointId)}${tail}`;

const register = (context: Context): Command =>
  new Command('register')
    .description('register an endpoint; prints its keys, which are shown this once')
    .requiredOption('--service-provider <code>', 'whose events')
    .requiredOption('--url <url>', 'https, out on the internet', parseHttpUrl)
    .addOption(outputOption('table', 'json'))
    .addOption(dryRunOption())
    .action(async ({ serviceProvider, url, output, dryRun }: Record<string, string> & { dryRun?: boolean }) => {
      if (dryRun) return context.printUnsent({ serviceProvider, url });
      const registry = context.registryForPlatformProvider();
      const registered = await registry.post('/webhooks', { serviceProvider, url }, registeredEndpointSchema);
      const { endpoint, key } = registered;
      if (output === 'json') return context.printJson(registered);
      context.print(`endpoint    ${endpoint.endpointId}\nsecret      ${key.secret}\npublic key  ${key.publicKey}\n`);
      context.note('Give one of the keys to the endpoint, then: kakunin webhooks verify <endpoint>.');
    });

const list = (context: Context): Command =>
  new Command('list')
    .description('list the endpoints of a service provider')
    .requiredOption('--service-provider <code>', 'whose')
    .addOption(outputOption('table', 'json'))
    .action(async ({ serviceProvider, output }: { serviceProvider: string; output: string }) => {
      const path = `/webhooks?serviceProvider=${encodeURIComponent(serviceProvider)}`;
      const endpoints = await context.registryForPlatformProvider().get(path, endpointsSchema);
      context.printRows(output, endpoints, [
        { title: 'endpoint', value: ({ endpointId }) => endpointId },
        { title: 'state', value: ({ state, disabledBecause }) => [state, disabledBecause].filter(Boolean).join(': ') },
        { title: 'failing since', value: ({ failingSince }) => (failingSince ? formatJst(failingSince) : '') },
        { title: 'url', value: ({ url }) => url },
      ]);
    });

const verify = (context: Context): Command =>
  new Command('verify')
    .description('have an endpoint answer a challenge; from then on it is sent events')
    .argument('<endpoint>', 'its id', parseUuid)
    .action(async (endpointId: string) => {
      await context.registryForPlatformProvider().post(pathOf(endpointId, '/verifications'), {}, endpointSchema);
      context.note('The endpoint answered: it is sent events from now on.');
    });

const rotate = (context: Context): Command =>
  new Command('rotate')
    .description('give an endpoint a new key; the one before signs as well for a while')
    .argument('<endpoint>', 'its id', parseUuid)
    .option('--overlap-hours <hours>', 'for how long', parseWhole, 24)
    .addOption(outputOption('table', 'json'))
    .addOption(dryRunOption())
    .action(async (endpointId: string, options: { overlapHours: number; output: string; dryRun?: boolean }) => {
      const { overlapHours, output, dryRun } = options;
      if (dryRun) return context.printUnsent({ overlapHours });
      const registry = context.registryForPlatformProvider();
      const rotated = await registry.post(pathOf(endpointId, '/rotations'), { overlapHours }, rotatedKeySchema);
      if (output === 'json') return context.printJson(rotated);
      context.print(`secret      ${rotated.key.secret}\npublic key  ${rotated.key.publicKey}\n`);
      context.note(`The key before signs until ${formatJst(rotated.previousEndsAt)}.`);
    });

const deadLetters = (context: Context): Command =>
  new Command('dead-letters')
    .description('list the events that an endpoint did not take')
    .argument('<endpoint>', 'its id', parseUuid)
    .option('--cursor <sequence>', 'the last one of the page before', '0')
    .addOption(outputOption('table', 'json'))
    .action(async (endpointId: string, { cursor, output }: { cursor: string; output: string }) => {
      const path = pathOf(endpointId, `/dead-letters?cursor=${encodeURIComponent(cursor)}`);
      const { items } = await context.registryForPlatformProvider().get(path, webhookDeadLettersSchema);
      context.printRows(output, items, [
        { title: 'sequence', value: ({ sequence }) => String(sequence), align: 'right' },
        { title: 'attempts', value: ({ attempts }) => String(attempts), align: 'right' },
        { title: 'given up', value: ({ deadAt }) => formatJst(deadAt) },
        { title: 'reason', value: ({ reason }) => reason },
      ]);
    });

const redeliver = (context: Context): Command =>
  new Command('redeliver')
    .description('send dead letters anew, to an endpoint that is well again')
    .argument('<endpoint>', 'its id', parseUuid)
    .option('--sequence <number>', 'which one, may be repeated; all, when left out', collectSequence)
    .addOption(dryRunOption())
    .action(async (endpointId: string, { sequence, dryRun }: { sequence?: string[]; dryRun?: boolean }) => {
      const sent = sequence ? { sequences: sequence.map(Number) } : {};
      if (dryRun) return context.printUnsent(sent);
      const registry = context.registryForPlatformProvider();
      const { revived } = await registry.post(pathOf(endpointId, '/redeliveries'), sent, revivedSchema);
      context.note(`${revived} dead letters are sent anew.`);
    });

const remove = (context: Context): Command =>
  new Command('remove')
    .description('send an endpoint nothing more, and forget its keys')
    .argument('<endpoint>', 'its id', parseUuid)
    .addOption(dryRunOption())
    .action(async (endpointId: string, { dryRun }: { dryRun?: boolean }) => {
      if (dryRun) return context.note('Would remove that endpoint. Nothing was sent.');
      await context.registryForPlatformProvider().post(pathOf(endpointId, '/removals'), {}, acknowledgedSchema);
      context.note('The endpoint is removed.');
    });

function parseWhole(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A whole number.');
}

const collectSequence = (text: string, previous?: readonly string[]): string[] =>
  collect(String(parseWhole(text)), previous);
