import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { constants, zstdCompressSync } from 'node:zlib';
import { encodeCrl } from '@kakunin/crl';
import { encodeDczHeader } from '@kakunin/publication';
import { createTestCa, type TestCa } from '@kakunin/testing/test-ca';
import { keyIdentifierOf } from '@kakunin/x509';

const HOUR = 3_600_000;
const sha256 = (octets: Uint8Array): Buffer => createHash('sha256').update(octets).digest();

interface Version {
  readonly crlNumber: number;
  readonly der: Buffer;
}

export interface NextCrl {
  readonly entries?: number;
  readonly nextUpdate?: number;
  /** Who signs it; default: the authority. */
  readonly signer?: TestCa;
  readonly crlNumber?: number;
  /** Default: `a`. */
  readonly authorityId?: string;
}

/** Something that publishes CRLs of authority `a` as the publisher does, and can be made to misbehave. */
export class CrlPublisherScene {
  readonly #keys = generateKeyPairSync('ed25519');
  readonly manifestKey: string = this.#keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  readonly files = new Map<string, Buffer>();
  /** Paths that were asked for, in their order, with the octet that they were asked from. */
  readonly asked: string[] = [];
  /** Stops an answer after so many octets, until it is broken off; once. */
  stopAfter: number | undefined;
  breakOff: () => void = () => undefined;
  readonly #serials: Buffer[] = [];
  #versions: readonly Version[] = [];
  #server: Server | undefined;

  private constructor(readonly ca: TestCa) {}

  static async open(): Promise<CrlPublisherScene> {
    const scene = new CrlPublisherScene(await createTestCa());
    scene.#server = createServer((request, response) => scene.#answer(request, response)).listen(0, '127.0.0.1');
    await once(scene.#server, 'listening');
    return scene;
  }

  get url(): string {
    const port = (this.#server?.address() as AddressInfo | undefined)?.port ?? 0;
    return `http://127.0.0.1:${port}/somewhere/crl`;
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    this.#server?.close();
    await (this.#server && once(this.#server, 'close'));
  }

  /** The next CRL of authority `a`, with patches from all before it. */
  async publish({
    entries = 300,
    nextUpdate,
    signer = this.ca,
    crlNumber,
    authorityId = 'a',
  }: NextCrl = {}): Promise<Buffer> {
    const number = crlNumber ?? (this.#versions[0]?.crlNumber ?? 0) + 1;
    while (this.#serials.length < entries) this.#serials.push(Buffer.concat([Buffer.of(1), randomBytes(15)]));
    const now = Math.floor(Date.now() / 1_000) * 1_000;
    const { subject, subjectKeyIdentifier, publicKey } = this.ca.certificate;
    const list = {
      issuer: subject,
      thisUpdate: now - 2 * HOUR,
      nextUpdate: nextUpdate ?? now + HOUR,
      crlNumber: BigInt(number),
      authorityKeyIdentifier: subjectKeyIdentifier ?? keyIdentifierOf(publicKey),
      entries: this.#serials
        .slice(0, entries)
        .sort((one, other) => one.compare(other))
        .map((serialNumber) => ({ serialNumber, revocationDate: now - 3 * HOUR })),
    };
    const pieces: Uint8Array[] = [];
    for await (const piece of encodeCrl(list, signer.credential.key)) pieces.push(piece);
    const der = Buffer.concat(pieces);
    const patches = this.#versions.map((from) => this.#patch(from, der, number));
    this.files.set(`/a/${number}.crl`, der);
    this.#versions = [{ crlNumber: number, der }, ...this.#versions];
    const url = `/crl/${authorityId}.crl`;
    this.list([{ ...this.line(der, number, list.nextUpdate), authorityId, url, patches }]);
    return der;
  }

  line(der: Buffer, crlNumber: number, nextUpdate: number): Record<string, unknown> {
    return {
      authorityId: 'a',
      kind: 'complete',
      crlNumber: String(crlNumber),
      nextUpdate: new Date(nextUpdate).toISOString(),
      bytes: der.length,
      sha256: sha256(der).toString('hex'),
      url: '/crl/a.crl',
      immutableUrl: `/crl/a/${crlNumber}.crl`,
    };
  }

  /** Publishes a signed manifest. */
  list(crls: readonly unknown[]): void {
    const manifest = Buffer.from(JSON.stringify({ crls, unknown: 'field' }));
    this.files.set('/manifest.json', manifest);
    this.files.set(
      `/manifests/${sha256(manifest).toString('hex')}.json.sig`,
      sign(null, manifest, this.#keys.privateKey),
    );
  }

  #patch(from: Version, der: Buffer, number: number): unknown {
    const params = { [constants.ZSTD_c_compressionLevel]: 6, [constants.ZSTD_c_windowLog]: 20 };
    const frame = zstdCompressSync(der, { dictionary: from.der, params });
    const patch = Buffer.concat([encodeDczHeader(sha256(from.der)), frame]);
    const path = `/a/${number}.from-${from.crlNumber}.dcz`;
    this.files.set(path, patch);
    const hash = sha256(patch).toString('hex');
    return { from: String(from.crlNumber), url: `/crl${path}`, bytes: patch.length, sha256: hash };
  }

  #answer({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
    const path = url.replace('/somewhere/crl', '');
    const file = this.files.get(path);
    const [, start = '0'] = /^bytes=(\d+)-$/.exec(headers.range ?? '') ?? [];
    this.asked.push(Number(start) > 0 ? `${path} from ${start}` : path);
    if (!file) return void response.writeHead(404).end();
    const content = file.subarray(Number(start));
    const length = { 'content-length': content.length };
    const range = { 'content-range': `bytes ${start}-${file.length - 1}/${file.length}` };
    response.writeHead(headers.range ? 206 : 200, headers.range ? { ...length, ...range } : length);
    if (this.stopAfter === undefined || !path.endsWith('.crl')) return void response.end(content);
    this.breakOff = () => response.destroy();
    response.write(content.subarray(0, this.stopAfter));
    this.stopAfter = undefined;
  }
}
