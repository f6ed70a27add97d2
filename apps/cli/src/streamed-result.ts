import { createInterface } from 'node:readline';
import { z } from 'zod';
import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';

export interface StreamedResultInput<P extends z.ZodType, R extends z.ZodType> {
  readonly path: string;
  readonly progress: P;
  readonly result: R;
  readonly onProgress: (progress: z.infer<P>) => void;
  /** When it broke off. */
  readonly brokenOff: string;
}

/** The billing meter's answer to what takes minutes: `progress` by `progress`, then `result`. @throws CliError `unreachable` */
export async function streamedResult<P extends z.ZodType, R extends z.ZodType>(
  context: Context,
  { path, progress, result, onProgress, brokenOff }: StreamedResultInput<P, R>,
): Promise<z.infer<R>> {
  const lineSchema = z.union([z.object({ progress }), z.object({ result })]);
  const body = await context.billing().download(path);
  try {
    for await (const line of createInterface({ input: body, crlfDelay: Infinity })) {
      const parsed = lineSchema.parse(JSON.parse(line)) as { progress: z.infer<P> } | { result: z.infer<R> };
      if ('result' in parsed) return parsed.result;
      onProgress(parsed.progress);
    }
  } catch (cause) {
    throw new CliError('unreachable', brokenOff, { cause });
  }
  throw new CliError('unreachable', brokenOff);
}
