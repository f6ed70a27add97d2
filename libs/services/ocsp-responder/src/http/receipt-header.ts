/** Which event of which ledger the answer is, see docs/reference/ocsp.md. */
export const RECEIPT_HEADER = 'Kakunin-Receipt';

const END_OF_LINE = 2;

/**
 * A whole HTTP response with a receipt at the end of its head.
 * @param response stays as it is: others may be given the same
 * @param bodyStart where its body begins
 */
export function withReceipt(response: Buffer, bodyStart: number, receipt: string): Buffer {
  const line = `${RECEIPT_HEADER}: ${receipt}\r\n\r\n`;
  const lineStart = bodyStart - END_OF_LINE;
  const octets = Buffer.allocUnsafe(response.length - END_OF_LINE + line.length);
  response.copy(octets, 0, 0, lineStart);
  octets.write(line, lineStart, 'latin1');
  response.copy(octets, lineStart + line.length, bodyStart);
  return octets;
}
