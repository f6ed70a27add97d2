import { readFileSync } from 'node:fs';
import { ConfigError } from './config-error.ts';
import { type ConfigDefinition, type ConfigOf, environmentName, optionMeta } from './define-config.ts';
import type { z } from 'zod';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks a service's options. `<NAME>_FILE` names a file that holds the value, for secrets.
 * @throws ConfigError that lists everything wrong at once
 */
export function readConfig<D extends ConfigDefinition>(definition: D, environment: Environment): ConfigOf<D> {
  const problems: string[] = [];
  const given: Record<string, string> = {};
  for (const key of Object.keys(definition.schema.shape)) {
    const name = environmentName(definition, key);
    try {
      const value = readOption(environment, name);
      if (value !== undefined) given[key] = value;
    } catch (error) {
      problems.push(`${name}_FILE: ${(error as Error).message}`);
    }
  }
  const result = definition.schema.safeParse(given);
  for (const issue of result.error?.issues ?? []) {
    const key = String(issue.path[0]);
    const { description = '' } = optionMeta(definition.schema.shape[key] as z.ZodType);
    const what = given[key] === undefined ? 'is required' : issue.message;
    problems.push(`${environmentName(definition, key)}: ${what}. ${description}`.trim());
  }
  if (problems.length > 0 || !result.success) throw new ConfigError(definition.service, problems);
  return result.data as ConfigOf<D>;
}

/** An empty variable counts as absent, as in most shells and orchestrators. */
function readOption(environment: Environment, name: string): string | undefined {
  const file = environment[`${name}_FILE`];
  if (file) return readFileSync(file, 'utf8').trim();
  return environment[name] || undefined;
}
