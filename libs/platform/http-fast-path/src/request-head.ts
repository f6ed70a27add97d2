import type { RequestHead } from './fast-path.ts';

/** A head that goes the fast way, and the length that its body has. */
export interface PlainHead extends RequestHead {
  readonly bodyLength: number;
}

const REQUEST_LINE = /^(POST|GET|HEAD) (\/[A-Za-z0-9._~/-]*) HTTP\/1\.1$/;
const PRINTABLE = /^[\x20-\x7e]*$/;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const LENGTH = /^[1-9][0-9]{0,8}$/;

/** What changes how long a message is, or what happens to the connection, is left to Node's parser, whatever it says. */
const LEFT_TO_NODE = [
  'transfer-encoding',
  'te',
  'trailer',
  'expect',
  'upgrade',
  'proxy-connection',
  'content-encoding',
];

/**
 * Reads the head of a request (RFC 9112) if it has exactly the plain shape: a POST with a Content-Length, or GET and HEAD
 * without one; a Host, every header once, printable ASCII, lines that end in CR LF, a connection that is kept.
 * @param text without the two line ends at its end
 * @returns undefined for any other head, be it wrong or only unusual
 */
export function readPlainHead(text: string): PlainHead | undefined {
  const [requestLine = '', ...lines] = text.split('\r\n');
  const [, method, path] = REQUEST_LINE.exec(requestLine) ?? [];
  const headers = path === undefined ? undefined : readHeaders(lines);
  if (path === undefined || !headers?.has('host')) return undefined;
  const length = headers.get('content-length');
  const connection = headers.get('connection') ?? 'keep-alive';
  const fits = method === 'POST' ? LENGTH.test(length ?? '') : length === undefined;
  if (!fits || connection.toLowerCase() !== 'keep-alive' || LEFT_TO_NODE.some((name) => headers.has(name)))
    return undefined;
  return { method: method as PlainHead['method'], path, headers, bodyLength: Number(length ?? 0) };
}

function readHeaders(lines: readonly string[]): Map<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (!PRINTABLE.test(line) || !TOKEN.test(name) || headers.has(name)) return undefined;
    headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

const STARTS = {
  post: [Buffer.from('POST /')],
  get: [Buffer.from('GET /'), Buffer.from('HEAD /')],
};
const CR = 0x0d;
const LF = 0x0a;

/** Whether octets, the end of whose head has not arrived yet, may still become a plain head. */
export function mayBecomePlainHead(octets: Buffer, methods: 'post' | 'get'): boolean {
  const start = STARTS[methods].find((one) => {
    const length = Math.min(octets.length, one.length);
    return octets.compare(one, 0, length, 0, length) === 0;
  });
  if (!start) return false;
  for (let at = Math.min(octets.length, start.length); at < octets.length; at++) {
    const octet = octets[at]!;
    const lineEnd = octet === CR ? (octets[at + 1] ?? LF) === LF : octet === LF && octets[at - 1] === CR;
    if (!lineEnd && (octet < 0x20 || octet > 0x7e)) return false;
  }
  return true;
}
