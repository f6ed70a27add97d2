import { equalOctets } from '@kakunin/der';
import {
  type BasicOcspResponse,
  type CertStatus,
  type OcspRequest,
  parseOcspRequest,
  parseOcspResponse,
  verifyOcspResponse,
} from '@kakunin/ocsp';
import type { Certificate } from '@kakunin/x509';
import type { HttpAnswer } from './send.ts';

const MOST_REQUESTS = 1_000;
const CLOCK_SKEW_MS = 5_000;

export const basicResponseIn = (answer: HttpAnswer | undefined): BasicOcspResponse | undefined => {
  const parsed = answer && parseOcspResponse(answer.body);
  return parsed?.status === 'successful' ? parsed.basic : undefined;
};

/**
 * In a few words what was answered to a request, which need not be well-formed: `good, revoked keyCompromise …`,
 * a refusal by its name, `HTTP 415`, `no answer`; and what is wrong with an answer that must not be relied upon.
 */
export function whatIsSaid(answer: HttpAnswer | undefined, request: Uint8Array, authority: Certificate): string {
  if (!answer) return 'no answer';
  if (answer.status !== 200) return `HTTP ${answer.status}`;
  const mediaType = answer.headers['content-type'];
  if (mediaType !== 'application/ocsp-response') return `HTTP 200 with ${mediaType ?? 'no content type'}`;
  const parsed = parseOcspResponse(answer.body);
  if (parsed.status === 'malformed') return 'unreadable';
  if (parsed.status !== 'successful') return parsed.status;
  const said = inShort(parsed.basic.responses.map(({ certStatus }) => statusOf(certStatus)));
  const asked = parseOcspRequest(request, { maxRequests: MOST_REQUESTS }).ok;
  const fault = asked && faultIn(parsed.basic, asked, authority);
  return fault === undefined ? said : `${said}: ${fault}`;
}

/** `good ×3` for three alike. */
const inShort = (said: readonly string[]): string =>
  said.length > 1 && new Set(said).size === 1 ? `${said[0]} ×${said.length}` : said.join(', ');

function statusOf(certStatus: CertStatus): string {
  if (certStatus.status !== 'revoked') return certStatus.status;
  const { reason = 'unspecified', revocationTime } = certStatus;
  return `revoked ${reason} ${new Date(revocationTime).toISOString().slice(0, 10)}`;
}

function faultIn(basic: BasicOcspResponse, asked: OcspRequest, authority: Certificate): string | undefined {
  const certIds = asked.requests.map(({ certId }) => certId);
  const { nonce } = asked;
  const limits = { now: Date.now(), clockSkew: CLOCK_SKEW_MS, maximumAge: 86_400_000, requireNoCheck: true };
  const verified = verifyOcspResponse(basic, { certIds, nonce, authority, ...limits });
  if (!verified.ok) return verified.refusal;
  if (!nonce && basic.nonce) return 'a nonce that was not asked for';
  const echoed =
    basic.responses.length === certIds.length &&
    basic.responses.every(({ certId }, index) => equalOctets(certId.der, certIds[index]!.der));
  return echoed ? undefined : 'other CertIDs than asked';
}
