import encoding from 'k6/encoding';
import http from 'k6/http';
import type { RefinedResponse } from 'k6/http';
import { derOfSignature } from '../lib/ecdsa-signature.ts';
import { here } from './here.ts';
import { identificationDuration, noteAsked, noteDuration, noteHttpFailure, noteWrong } from './measured.ts';
import { plan } from './plan.ts';

interface ChallengeAnswer {
  readonly challengeId: string;
  /** What is to be signed, base64. */
  readonly message: string;
}

type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

const keys = new Map<number, Key>();
/** What each holder was called, by service provider: it must not change. */
const names = new Map<string, string>();

/** A service provider recognises a person: a challenge, the proof by the certificate's key, the name. */
export async function identification(): Promise<void> {
  const number = here().iterationInTest;
  const holder = number % plan.holders.length;
  const { serviceProviders } = plan.caller;
  const serviceProvider = serviceProviders[number % serviceProviders.length]!;
  noteAsked();
  const challenge = post(`${plan.registryUrl}/challenges`, { serviceProvider });
  if (challenge.status !== 201) return noteHttpFailure(challenge.status);
  const { challengeId, message } = challenge.json() as unknown as ChallengeAnswer;
  const signature = encoding.b64encode(await sign(holder, message));
  const { certificatePem: certificate } = plan.holders[holder]!;
  const answer = post(`${plan.registryUrl}/identifications`, { serviceProvider, certificate, challengeId, signature });
  if (answer.status !== 200) return noteHttpFailure(answer.status);
  noteDuration(identificationDuration, challenge.timings.duration + answer.timings.duration);
  const { ppid } = answer.json() as { ppid?: string };
  const who = `${holder} ${serviceProvider}`;
  if (!ppid || (names.get(who) ?? ppid) !== ppid) noteWrong('identification');
  else names.set(who, ppid);
}

const post = (url: string, body: object): RefinedResponse<'text'> =>
  http.post(url, JSON.stringify(body), { headers: { 'content-type': 'application/json' }, responseType: 'text' });

async function sign(holder: number, message: string): Promise<ArrayBuffer> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  let key = keys.get(holder);
  if (!key) {
    const pkcs8 = encoding.b64decode(plan.holders[holder]!.key);
    key = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
    keys.set(holder, key);
  }
  const plain = await crypto.subtle.sign(algorithm, key, encoding.b64decode(message));
  return derOfSignature(new Uint8Array(plain)).buffer as ArrayBuffer;
}
