import { createCipheriv } from 'node:crypto';

const OCTETS = 16;
/** Lines in one piece. */
const TOGETHER = 4_096;

/** Lines as `openssl ca` keeps them, with serial numbers in no order, one in ten revoked; always the same. */
export function* indexTxt(lines: number): Generator<Buffer> {
  const cipher = createCipheriv('aes-128-ecb', Buffer.alloc(OCTETS, 7), null).setAutoPadding(false);
  const counters = Buffer.alloc(OCTETS * TOGETHER);
  for (let start = 0; start < lines; start += TOGETHER) {
    const count = Math.min(TOGETHER, lines - start);
    for (let at = 0; at < count; at += 1) counters.writeUInt32BE(start + at, at * OCTETS);
    const serials = cipher.update(counters).toString('hex').toUpperCase();
    let text = '';
    for (let at = 0; at < count; at += 1) {
      const state = (start + at) % 10 === 0 ? 'R\t361231235959Z\t260401093000Z,superseded' : 'V\t361231235959Z\t';
      text += `${state}\t01${serials.slice(at * 32, at * 32 + 32)}\tunknown\t/C=JP/CN=x\n`;
    }
    yield Buffer.from(text);
  }
}
