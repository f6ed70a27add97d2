import type { IncomingMessage } from 'node:http';

/** A caller that sends more than the limit is heard for so much longer, so that it reads why it is refused. */
const PATIENCE_OCTETS = 1_048_576;

/**
 * Reads a body whole. What breaks off is never told of: nobody waits for an answer to it.
 * @param take undefined: the body is longer than the limit
 */
export function readBody(
  request: IncomingMessage,
  limitOctets: number,
  take: (body: Uint8Array | undefined) => void,
): void {
  const chunks: Buffer[] = [];
  let octets = 0;
  let refused = false;
  request.on('data', (chunk: Buffer) => {
    octets += chunk.length;
    if (octets <= limitOctets) return void chunks.push(chunk);
    if (octets > limitOctets + PATIENCE_OCTETS) request.destroy();
    if (refused) return;
    refused = true;
    take(undefined);
  });
  request.on('end', () => {
    if (!refused) take(Buffer.concat(chunks));
  });
  request.on('error', () => {});
}
