import { CONTENT_TYPE } from './both-ways-server.ts';

/** An ordinary POST to `/ocsp`. */
export function ordinaryPost(body = 'hello'): Buffer {
  const head = ['POST /ocsp HTTP/1.1', 'Host: a', `Content-Type: ${CONTENT_TYPE}`, `Content-Length: ${body.length}`];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}
