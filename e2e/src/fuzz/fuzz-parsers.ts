import {
  decodeGetPath,
  ordinaryRequest,
  parseOcspRequest,
  scanOrdinaryRequest,
  verifyRequestSignature,
} from '@kakunin/ocsp';
import { Mutator } from '@kakunin/ocsp/testing/mutations';
import { requestCorpus } from '@kakunin/ocsp/testing/request-corpus';
import { FuzzFailure } from './fuzz-failure.ts';
import { Progress } from './progress.ts';

const MAX_REQUESTS = 16;

export interface ParserRun {
  readonly read: number;
  readonly refused: number;
}

/**
 * Damaged requests through every reader of the responder.
 * @throws FuzzFailure when a reader throws, or the fast one takes what the strict one refuses
 */
export function fuzzParsers(seed: number, rounds: number, say: (line: string) => void): ParserRun {
  const mutator = new Mutator(seed, requestCorpus());
  const progress = new Progress(say, 'requests through the parsers', rounds);
  const into = ordinaryRequest();
  let read = 0;
  for (let round = 0; round < rounds; round++, progress.step()) {
    const message = mutator.next();
    try {
      const fast = scanOrdinaryRequest(message, into);
      const { ok } = parseOcspRequest(message, { maxRequests: MAX_REQUESTS });
      if (fast && !ok) throw new Error('the fast reader takes what the strict one refuses');
      if (ok?.signature) verifyRequestSignature(ok);
      if (ok) read++;
      // The same octets as text in a path.
      decodeGetPath(message.toString('latin1'));
    } catch (error) {
      throw new FuzzFailure(`seed ${seed}, round ${round}: ${(error as Error).message}`, message, { cause: error });
    }
  }
  return { read, refused: rounds - read };
}
