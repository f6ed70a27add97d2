// All four services, the public page, PostgreSQL and the sandbox in one process: what `npm start` becomes.
import 'reflect-metadata';
import { closeOnSignal, createLogger, exitOnStartError, readOrShowConfig } from '@kakunin/runtime';
import { settingsDefinition } from './settings.ts';
import { startSystem } from './start-system.ts';
import { welcome } from './welcome.ts';

await exitOnStartError(async () => {
  const settings = readOrShowConfig(settingsDefinition);
  if (!settings) return;
  const logger = createLogger('all-in-one', settings.logLevel);
  const starting = startSystem(settings, logger);
  // A signal during the start waits for it: PostgreSQL must not be left behind.
  closeOnSignal(logger, { close: async () => (await starting).close() });
  process.stdout.write(welcome(await starting));
});
