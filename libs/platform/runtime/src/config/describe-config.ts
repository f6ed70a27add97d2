import { z } from 'zod';
import { type ConfigDefinition, type ConfigOf, environmentName, optionMeta } from './define-config.ts';

const options = (definition: ConfigDefinition): readonly [string, z.ZodType][] =>
  Object.entries(definition.schema.shape) as [string, z.ZodType][];

/** The resolved options by environment name, secrets hidden: what `--check-config` prints. */
export function redactConfig<D extends ConfigDefinition>(definition: D, config: ConfigOf<D>): Record<string, unknown> {
  const values = config as Record<string, unknown>;
  return Object.fromEntries(
    options(definition).map(([key, option]) => {
      const hidden = optionMeta(option).secret && values[key] !== undefined;
      return [environmentName(definition, key), hidden ? '[redacted]' : (values[key] ?? null)];
    }),
  );
}

/** A Markdown table of a service's options: a part of docs/reference/configuration.md. */
export function describeConfig(definition: ConfigDefinition): string {
  const rows = options(definition).map(([key, option]) => {
    const { description = '', secret } = optionMeta(option);
    const cells = [`\`${environmentName(definition, key)}\``, typeOf(option), defaultOf(option), description];
    return `| ${cells.join(' | ')}${secret ? ' Secret: prefer the `_FILE` form.' : ''} |`;
  });
  return [
    `## ${definition.service}`,
    '',
    '| variable | type | default | how to choose |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function defaultOf(option: z.ZodType): string {
  const { success, data } = option.safeParse(undefined);
  if (!success) return '**required**';
  // A default behind a pipe (booleans) is no part of the input's JSON schema.
  const { default: written = data } = z.toJSONSchema(option, { io: 'input', unrepresentable: 'any' });
  const text = String(written ?? '');
  return text === '' ? 'none' : `\`${text}\``;
}

function typeOf(option: z.ZodType): string {
  const schema = z.toJSONSchema(option, { io: 'output', unrepresentable: 'any' });
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  return schema.format ? `${schema.type} (${schema.format})` : String(schema.type ?? 'string');
}
