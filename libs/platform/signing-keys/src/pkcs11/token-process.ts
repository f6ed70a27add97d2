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
 * A token in a process of its own (ADR 7). Libraries of PKCS #11 are foreign code, and their calls block: here one that
 * hangs or crashes takes neither the event loop nor the thread pool that the journal syncs in; it can be killed; no worker
 * thread ends another's sessions with C_Finalize; and a token that was away is found again, for which most libraries
 * must be initialized anew.
 */
export class TokenProcess {
  readonly #child: ChildProcess;
  readonly #sessions: number;
  readonly #onRetired: (fault?: SigningKeyError) => void;
  readonly #waiting: Signature[] = [];
  readonly #underWay = new Map<number, Signature & { readonly timer: NodeJS.Timeout }>();
  readonly #idle: NodeJS.Timeout;
  #requests = 0;
  /** It takes no more requests: those that it has are still answered, or rejected with its fault. */
  #retired = false;

  /** @param onRetired called once, when it takes no more requests */
  constructor(reference: TokenReference, onRetired: (fault?: SigningKeyError) => void) {
    this.#sessions = reference.sessions;
    this.#onRetired = onRetired;
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
    this.#idle = setTimeout(() => this.#retire(), IDLE).unref();
  }

  /**
   * @param timeLimit ms, from the moment that the token is asked
   * @throws SigningKeyError
   */
  sign(request: TokenRequest, timeLimit: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#retired) return reject(unavailable('has ended'));
      this.#waiting.push({ request, timeLimit, resolve, reject });
      this.#askNext();
    });
  }

  #askNext(): void {
    if (this.#underWay.size >= this.#sessions) return;
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

  #answered({ id, result, fault }: NumberedReply): void {
    const asked = this.#underWay.get(id);
    if (!asked) return;
    clearTimeout(asked.timer);
    this.#underWay.delete(id);
    if (result) asked.resolve(result);
    else this.#failed(asked, new SigningKeyError(fault.code, fault.message));
    this.#askNext();
    if (this.#retired && this.#underWay.size === 0) this.#disconnect();
  }

  #failed({ reject }: Signature, fault: SigningKeyError): void {
    reject(fault);
    // A library that was initialized before the key came to the token, or before the token came back, may never see it;
    // but the other keys of the token are not concerned.
    if (fault.code === 'key_missing') this.#retire();
    else this.#end(fault);
  }

  #retire(fault?: SigningKeyError): void {
    if (this.#retired) return;
    this.#retired = true;
    clearTimeout(this.#idle);
    this.#onRetired(fault);
    if (this.#underWay.size === 0) this.#disconnect();
  }

  #end(fault: SigningKeyError): void {
    this.#retire(fault);
    for (const { timer } of this.#underWay.values()) clearTimeout(timer);
    for (const { reject } of [...this.#underWay.values(), ...this.#waiting]) reject(fault);
    this.#underWay.clear();
    this.#waiting.length = 0;
    // One that hangs hears nothing.
    this.#child.kill('SIGKILL');
  }

  #disconnect(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}

const unavailable = (what: string): SigningKeyError =>
  new SigningKeyError('token_unavailable', `The process of the token ${what}.`);
