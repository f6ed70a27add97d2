import { type ChildProcess, fork } from 'node:child_process';
import { SigningKeyError } from '../signing-key-error.ts';
import type { NumberedReply, NumberedRequest, TokenReference, TokenRequest } from './token-protocol.ts';

interface Signature {
  readonly request: TokenRequest;
  /** ms from the moment that the token is asked. */
  readonly timeLimit: number;
  readonly resolve: (signature: Uint8Array) => void;
  readonly reject: (error: SigningKeyError) => void;
}

/** Without work for this long the process ends, ms: keys that are replaced need not say so. */
const IDLE = 60_000;

/** Beside main.js in a bundle, which Node runs without the sources. */
const PROGRAM = new URL(import.meta.url.endsWith('.ts') ? './token-main.ts' : './pkcs11-token.js', import.meta.url);

/**
 * A token in a process of its own. Libraries of PKCS #11 are foreign code, and their calls block: here one that hangs or
 * crashes takes neither the event loop nor the thread pool that the journal syncs in; it can be killed; the sessions of
 * worker threads are not ended by another's C_Finalize; and a token that was away is found again, for which most
 * libraries must be initialized anew. It costs about 50 µs a signature, where devices take milliseconds.
 */
export class TokenProcess {
  readonly #child: ChildProcess;
  readonly #sessions: number;
  readonly #onEnd: (fault?: SigningKeyError) => void;
  readonly #waiting: Signature[] = [];
  readonly #underWay = new Map<number, Signature & { readonly timer: NodeJS.Timeout }>();
  readonly #idle: NodeJS.Timeout;
  #requests = 0;
  #ended = false;

  /** @param onEnd called once, when it takes no more requests */
  constructor(reference: TokenReference, onEnd: (fault?: SigningKeyError) => void) {
    this.#sessions = reference.sessions;
    this.#onEnd = onEnd;
    this.#child = fork(PROGRAM, {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    // It ends when this process does, and must not be what keeps it running.
    this.#child.unref();
    this.#child.channel?.unref();
    this.#child.on('message', (reply: NumberedReply) => this.#answered(reply));
    this.#child.on('error', (cause) => this.#end(unavailable(`does not run: ${cause.message}`)));
    this.#child.on('exit', () => this.#end(unavailable('has ended')));
    this.#child.send(reference);
    this.#idle = setTimeout(() => this.#end(), IDLE).unref();
  }

  /**
   * @param timeLimit ms, from the moment that the token is asked
   * @throws SigningKeyError
   */
  sign(request: TokenRequest, timeLimit: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(unavailable('has ended'));
      this.#waiting.push({ request, timeLimit, resolve, reject });
      this.#askNext();
    });
  }

  #askNext(): void {
    if (this.#ended || this.#underWay.size >= this.#sessions) return;
    const signature = this.#waiting.shift();
    if (!signature) return;
    const { timeLimit, request } = signature;
    const id = this.#requests++;
    const timer = setTimeout(() => {
      this.#end(new SigningKeyError('token_unavailable', `The token did not sign within ${timeLimit / 1000} s.`));
    }, timeLimit);
    this.#underWay.set(id, { ...signature, timer });
    const message: NumberedRequest = { id, ...request };
    this.#child.send(message);
    this.#idle.refresh();
  }

  #answered({ id, signature, fault }: NumberedReply): void {
    const asked = this.#underWay.get(id);
    if (!asked) return;
    clearTimeout(asked.timer);
    this.#underWay.delete(id);
    if (signature) asked.resolve(signature);
    else asked.reject(new SigningKeyError(fault.code, fault.message));
    // A key that is missing says nothing about the others; everything else is the token's.
    if (fault && fault.code !== 'key_missing') this.#end(new SigningKeyError(fault.code, fault.message));
    this.#askNext();
  }

  #end(fault?: SigningKeyError): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#idle);
    this.#onEnd(fault);
    for (const { timer } of this.#underWay.values()) clearTimeout(timer);
    const all = [...this.#underWay.values(), ...this.#waiting];
    for (const { reject } of all) reject(fault ?? unavailable('has ended'));
    this.#underWay.clear();
    // One that hangs hears nothing.
    if (fault) this.#child.kill('SIGKILL');
    else if (this.#child.connected) this.#child.disconnect();
  }
}

const unavailable = (what: string): SigningKeyError =>
  new SigningKeyError('token_unavailable', `The process of the token ${what}.`);
