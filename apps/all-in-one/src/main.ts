// All four services, the public page, PostgreSQL and the sandbox in one process: what `npm start` becomes.
import 'reflect-metadata';
import { closeOnSignal, createLogger, exitOnStartError, readConfig } from '@kakunin/runtime';
import { settingsDefinition } from './settings.ts';
import { startSystem } from './start-system.ts';
import { welcome } from './welcome.ts';

await exitOnStartError(async () => {
  const settings = readConfig(settingsDefinition, process.env);
  const logger = createLogger('all-in-one', settings.logLevel);
  const system = await startSystem(settings, logger);
  closeOnSignal(logger, () => system.close());
  process.stdout.write(welcome(system));
});
