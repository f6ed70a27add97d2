/** What tells one response from another here. */
export interface ReadResponse {
  readonly status: number;
  readonly way: string;
  readonly body: string;
}

/** Node's own refusal of a request without Host. */
const EMPTY_CHUNKS = /^transfer-encoding: chunked\r$/im;
const HEAD = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n((?:[A-Za-z-]+: [^\r\n]*\r\n)*)\r\n/;

/** Reads responses that stand one after another. @throws Error when octets are left that are no response */
export function readResponses(octets: Buffer): ReadResponse[] {
  const responses: ReadResponse[] = [];
  for (let rest = octets.toString('latin1'); rest !== '';) {
    const [head, status, headers = ''] = HEAD.exec(rest) ?? [];
    if (head === undefined) throw new Error(`no response: ${JSON.stringify(rest)}`);
    const length = EMPTY_CHUNKS.test(headers) ? 5 : Number(/^content-length: (\d+)\r$/im.exec(headers)?.[1] ?? 0);
    const end = head.length + length;
    if (rest.length < end) throw new Error(`half a response: ${JSON.stringify(rest)}`);
    const way = /^way: (\w+)\r$/im.exec(headers)?.[1] ?? 'node';
    responses.push({ status: Number(status), way, body: rest.slice(head.length, end).replace('0\r\n\r\n', '') });
    rest = rest.slice(end);
  }
  return responses;
}
