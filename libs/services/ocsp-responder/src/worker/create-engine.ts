import { ResponseHead } from '@kakunin/http-fast-path';
import type { Engine } from '../answering/engine.ts';
import { OcspEngine } from '../answering/ocsp-engine.ts';
import type { OcspEngineInput } from '../answering/ocsp-engine-input.ts';
import type { OcspConfig } from '../config.ts';
import { NOT_CACHED } from '../http/http-caching.ts';
import { OCSP_RESPONSE } from '../http/media-types.ts';

export interface CreateEngineInput extends Omit<OcspEngineInput, 'head' | 'options'> {
  readonly config: OcspConfig;
}

/** How long a key in a device may take: longer than one that is well takes, shorter than callers wait. */
const SIGNING_LIMIT_MS = 5_000;

/** The engine, as the configuration wants it. */
export function createEngine({ config, ...parts }: CreateEngineInput): Engine {
  const headers = Object.entries({ 'content-type': OCSP_RESPONSE, ...NOT_CACHED });
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return new OcspEngine({
    ...parts,
    head: new ResponseHead(parts.clock, ['HTTP/1.1 200 OK', ...lines]),
    options: {
      statusMaxAge: config.statusMaxAgeSeconds * 1000,
      cachedAnswers: config.cachedAnswers,
      cachedAnswerMaxAge: config.cachedAnswerSeconds * 1000,
      maxRequests: config.requestsPerMessage,
      signingQueueLimit: config.signingQueueLimit,
      signingLimit: SIGNING_LIMIT_MS,
    },
  });
}
