import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkTimestampResponse, encodeTimestampQuery } from './timestamp.ts';

const CONFIGURATION = `
[req]
distinguished_name = name
x509_extensions = tsa
prompt = no
[name]
CN = Test TSA
[tsa]
extendedKeyUsage = critical, timeStamping
[stamping]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
`;

const directory = mkdtempSync(join(tmpdir(), 'kakunin-timestamp-'));
afterAll(() => rmSync(directory, { recursive: true }));
const at = (name: string): string => join(directory, name);
const openssl = (...parameters: string[]): Buffer =>
  execFileSync('openssl', parameters, { cwd: directory, stdio: ['ignore', 'pipe', 'ignore'] });

const sha256 = createHash('sha256').update('a CRL').digest();
const query = { sha256, nonce: 0x7fee_dddd_cccc_bbbbn };

/** What `openssl ts` answers to these octets. */
function reply(asked: Uint8Array): Buffer {
  writeFileSync(at('query.tsq'), asked);
  const signer = ['-signer', 'tsa.pem', '-inkey', 'tsa.key', '-config', 'tsa.cnf', '-section', 'stamping'];
  openssl('ts', '-reply', '-queryfile', 'query.tsq', ...signer, '-out', 'reply.tsr');
  return readFileSync(at('reply.tsr'));
}

beforeAll(() => {
  writeFileSync(at('tsa.cnf'), CONFIGURATION);
  writeFileSync(at('serial'), '01\n');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'tsa.key'];
  openssl('req', '-x509', '-config', 'tsa.cnf', ...key, '-out', 'tsa.pem');
});

const refused = expect.objectContaining({ code: 'timestamp_refused' });

describe('a timestamp', () => {
  it('is asked for as OpenSSL understands it', () => {
    writeFileSync(at('query.tsq'), encodeTimestampQuery(query));
    const text = openssl('ts', '-query', '-in', 'query.tsq', '-text').toString();
    expect(text).toMatch(/Hash Algorithm: sha256\n[^]*Nonce: 0x7FEEDDDDCCCCBBBB\nCertificate required: yes/);
  });

  it('is taken in answer to its own query, and no other', () => {
    const response = reply(encodeTimestampQuery(query));
    expect(() => checkTimestampResponse(response, query)).not.toThrow();
    expect(() => checkTimestampResponse(response, { ...query, nonce: 1n })).toThrow(refused);
    expect(() => checkTimestampResponse(response, { ...query, sha256: Buffer.alloc(32) })).toThrow(refused);
  });

  it('that was not granted is none', () => {
    // Of SHA-512, which the authority does not take.
    const other = Buffer.from(encodeTimestampQuery(query))
      .toString('hex')
      .replace('608648016503040201', '608648016503040203');
    const rejected = reply(Buffer.from(other, 'hex'));
    expect(() => checkTimestampResponse(rejected, query)).toThrow(refused);
  });

  it('cut short anywhere is refused, and nothing else is thrown', () => {
    const response = reply(encodeTimestampQuery(query));
    for (let size = 0; size < response.length; size += 1) {
      expect(() => checkTimestampResponse(response.subarray(0, size), query)).toThrow(refused);
    }
  });
});
