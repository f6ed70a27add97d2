import { fileVersion } from '../file-version.ts';
import { SigningKeyError } from '../signing-key-error.ts';
import { TokenProcess } from './token-process.ts';
import type { TokenReference, TokenRequest } from './token-protocol.ts';

/** Of this thread, by token: keys of one token share its sessions. Whoever has ended is not in it. */
const processes = new Map<string, TokenProcess>();

/** By token: the version of the file whose PIN it refused. */
const refusedPins = new Map<string, string | undefined>();

export interface TokenSignature {
  readonly token: TokenReference;
  readonly request: TokenRequest;
  /** ms from the moment that the token is asked. */
  readonly timeLimit: number;
}

/**
 * Signs in the token's process, which is started when there is none.
 * @throws SigningKeyError
 */
export async function signWithToken({ token, request, timeLimit }: TokenSignature): Promise<Uint8Array> {
  const name = JSON.stringify(token);
  const running = processes.get(name) ?? (await start(name, token));
  return running.sign(request, timeLimit);
}

/** @throws SigningKeyError `pin_refused` */
async function start(name: string, token: TokenReference): Promise<TokenProcess> {
  const pinVersion = await fileVersion(token.pinFile);
  // Tokens lock after a few wrong PINs.
  if (refusedPins.has(name) && refusedPins.get(name) === pinVersion)
    throw new SigningKeyError('pin_refused', 'The token refused the PIN; it is tried again when the PIN file changes.');
  const started =
    processes.get(name) ??
    new TokenProcess(token, (fault) => {
      processes.delete(name);
      if (fault?.code === 'pin_refused') refusedPins.set(name, pinVersion);
      else refusedPins.delete(name);
    });
  processes.set(name, started);
  return started;
}
