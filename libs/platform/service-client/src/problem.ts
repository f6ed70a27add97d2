import { z } from 'zod';
import { ServiceCallError } from './service-call-error.ts';

/** RFC 9457 with our `code`; whatever a proxy in between answers may have none of it. */
const problemSchema = z.object({
  title: z.string().optional(),
  detail: z.string().optional(),
  code: z.string().optional(),
});
type Problem = z.infer<typeof problemSchema>;

/** A refusal as sentences. */
export function refusal(service: string, status: number, body: Buffer): ServiceCallError {
  const problem = parse(body);
  const what = problem?.detail ?? problem?.title ?? `it answers ${status} without a reason.`;
  const label = problem?.code ?? `HTTP ${status}`;
  return new ServiceCallError(status === 503 ? 'unable' : 'refused', `The ${service} refuses (${label}): ${what}`, {
    problem: problem?.code,
  });
}

function parse(body: Buffer): Problem | undefined {
  try {
    return problemSchema.safeParse(JSON.parse(body.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
