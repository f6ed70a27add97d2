import type { KnownAuthorities } from './known-authorities.ts';
import type { KnownAuthority } from './known-authority.ts';
import type { Question } from './question.ts';
import type { RefusalCode } from './refusal.ts';

/**
 * The authority that a question is about. One signature cannot stand for two, so all its requests must be about one. None
 * is unknown before all are known.
 */
export function findAuthority(question: Question, authorities: KnownAuthorities): KnownAuthority | RefusalCode {
  if (question.ordinary) return authorities.findAt(question.octets, question.ordinary) ?? unknown(authorities);
  const [authority, ...others] = question.parsed.requests.map(({ certId }) => authorities.findBy(certId));
  if (!authority || others.includes(undefined)) return unknown(authorities);
  return others.every((other) => other === authority) ? authority : 'issuers_differ';
}

const unknown = ({ areComplete }: KnownAuthorities): RefusalCode => (areComplete ? 'issuer_unknown' : 'not_ready');
