import { OcspClientError } from './ocsp-client-error.ts';

/** The caller's wish. */
export const aborted = (sent: boolean, cause: unknown): OcspClientError =>
  new OcspClientError('aborted', 'The check was aborted by the caller.', { sent, cause });

/** The same result, or `aborted` as soon as the signal says so; what is under way goes on for others. */
export function unlessAborted<T>(result: Promise<T>, signal: AbortSignal | undefined, sent: boolean): Promise<T> {
  if (!signal) return result;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(aborted(sent, signal.reason));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    void result.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
