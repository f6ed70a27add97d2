import { parseOcspResponse } from '@kakunin/ocsp';

export interface HttpResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
  /** Whether the server closes the connection after it. */
  readonly last: boolean;
}

const HEAD = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n((?:[A-Za-z-]+: [^\r\n]*\r\n)*)\r\n/;
/** What Node sends in place of a body when a request has no Host. */
const NO_CHUNKS = '0\r\n\r\n';

/** The responses that octets hold, and what is left of them; an interim one (100) is none. */
export function takeResponses(octets: Buffer): { readonly responses: readonly HttpResponse[]; readonly rest: Buffer } {
  const responses: HttpResponse[] = [];
  let rest = octets;
  for (;;) {
    const [head, status, headers = ''] = HEAD.exec(rest.toString('latin1', 0, 4_096)) ?? [];
    const valueOf = (name: string): string => new RegExp(`^${name}: (.*)\\r$`, 'im').exec(headers)?.[1] ?? '';
    const chunked = valueOf('transfer-encoding') === 'chunked';
    const end = (head?.length ?? 0) + (chunked ? NO_CHUNKS.length : Number(valueOf('content-length')));
    if (head === undefined || rest.length < end) return { responses, rest };
    const body = rest.subarray(head.length, end);
    const last = valueOf('connection').toLowerCase() === 'close';
    if (status !== '100') responses.push({ status: Number(status), contentType: valueOf('content-type'), body, last });
    rest = rest.subarray(end);
  }
}

/** @returns what is wrong with a response: it is neither a well-formed OCSPResponse, nor status data, nor HTTP 4xx */
export function faultIn({ status, contentType, body }: HttpResponse): string | undefined {
  if (status >= 400 && status < 500) return undefined;
  if (status !== 200) return `HTTP ${status}`;
  if (contentType.startsWith('application/json')) return undefined;
  if (contentType !== 'application/ocsp-response') return `content type ${contentType}`;
  try {
    parseOcspResponse(body);
    return undefined;
  } catch (error) {
    return `no OCSPResponse: ${(error as Error).message}`;
  }
}
