import { z } from 'zod';
import { commonOptions } from './common-options.ts';

export interface ConfigInput<Shape extends z.ZodRawShape> {
  /** The service's name, as in messages and the reference. */
  readonly service: string;
  /** Prefix of its environment variables, such as `KAKUNIN_OCSP_`. */
  readonly prefix: string;
  /** Default of its management port. */
  readonly managementPort: number;
  /** Every option with a default or required, a unit in its name where it has one, and a sentence on how to choose it. */
  readonly schema: z.ZodObject<Shape>;
}

const managementPort = (port: number): z.ZodDefault<z.ZodCoercedNumber> =>
  z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(port)
    .describe('Port of `/livez`, `/readyz?verbose` and `/metrics`; 0 takes any free one.');

type CommonShape = typeof commonOptions & { managementPort: ReturnType<typeof managementPort> };

export interface ConfigDefinition<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly service: string;
  readonly prefix: string;
  readonly schema: z.ZodObject<Shape>;
}

/** The values that a definition reads. */
export type ConfigOf<D> = D extends ConfigDefinition<infer Shape> ? z.infer<z.ZodObject<Shape>> : never;

/** The options that every service has. */
export type CommonConfig = z.infer<z.ZodObject<CommonShape>>;

/** Declares what a service reads from its environment: the one place that knows names, defaults and how to choose. */
export function defineConfig<Shape extends z.ZodRawShape>(
  input: ConfigInput<Shape>,
): ConfigDefinition<CommonShape & Shape> {
  const shape = { ...commonOptions, managementPort: managementPort(input.managementPort), ...input.schema.shape };
  return {
    service: input.service,
    prefix: input.prefix,
    schema: z.object(shape) as unknown as z.ZodObject<CommonShape & Shape>,
  };
}

/** What the schema of an option says about it beside its type. */
export interface OptionMeta {
  readonly description?: string;
  /** Overrides the name of the environment variable. */
  readonly env?: string;
  /** Never shown. */
  readonly secret?: boolean;
}

/** Metadata may lie on the option or below its default or optional wrapper. */
export function optionMeta(option: z.ZodType): OptionMeta {
  const own = (option.meta() ?? {}) as OptionMeta;
  const inner = (option.def as { innerType?: z.ZodType }).innerType;
  return inner ? { ...optionMeta(inner), ...own } : own;
}

/** `plainPort` under `KAKUNIN_OCSP_` is `KAKUNIN_OCSP_PLAIN_PORT`. */
export const environmentName = (definition: ConfigDefinition, key: string): string =>
  optionMeta(definition.schema.shape[key] as z.ZodType).env ??
  definition.prefix + key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
