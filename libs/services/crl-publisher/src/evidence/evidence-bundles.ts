import type { Clock } from '@kakunin/calendar';
import { equalOctets } from '@kakunin/der';
import {
  type BundleCrl,
  type BundleFile,
  bundleKey,
  decodeKeptBundle,
  encodeKeptBundle,
  evidenceManifest,
  evidenceReadme,
  EvidenceError,
  type KeptBundle,
  type ZipFile,
} from '@kakunin/evidence';
import type { ObjectStore } from '@kakunin/objects';
import type { StatusFeed } from '@kakunin/status-feed';
import {
  type Certificate,
  digest,
  encodePem,
  isIssuedBy,
  isWithinValidity,
  parseCertificate,
  type SigningCredential,
} from '@kakunin/x509';
import { crc32 } from 'node:zlib';
import type { ArchivedCrls } from '../archive/archived-crls.ts';
import type { PublishedCrl } from '../published-crls.ts';
import { readAll } from '../read-all.ts';
import { EvidenceRefusal } from './evidence-refusal.ts';
import { checksumOf, type PastStatus, type PastStatuses } from './past-status.ts';
import { signPastStatus } from './sign-past-status.ts';
import type { TimeStamper } from './time-stamper.ts';

export interface EvidenceBundlesOptions {
  readonly store: ObjectStore;
  readonly feed: Pick<StatusFeed, 'get' | 'authorities' | 'partitionOf'>;
  readonly statuses: PastStatuses;
  readonly archived: ArchivedCrls;
  readonly signerOf: (authorityId: string) => Promise<SigningCredential | undefined>;
  /** Undefined: nothing is time-stamped. */
  readonly timeStamper: TimeStamper | undefined;
  readonly clock: Clock;
}

export interface EvidenceQuestion {
  /** DER. */
  readonly certificate: Uint8Array;
  /** Epoch ms. */
  readonly at: number;
  /** Left out: the authority that issued it. */
  readonly authorityId?: string | undefined;
}

interface Asked {
  readonly authorityId: string;
  readonly authority: Certificate;
  readonly certificate: Certificate;
  readonly at: number;
}

/** Evidence of what was public about a certificate at a moment: made once, kept for ever, and given as it was made. */
export class EvidenceBundles {
  readonly #options: EvidenceBundlesOptions;

  constructor(options: EvidenceBundlesOptions) {
    this.#options = options;
  }

  /**
   * The files of the evidence, in the order of the archive.
   * @throws EvidenceRefusal; EvidenceError; X509Error `malformed_certificate`; ObjectError
   */
  async files(question: EvidenceQuestion): Promise<readonly ZipFile[]> {
    const asked = this.#understand(question);
    const { store } = this.#options;
    const key = bundleKey(asked.authorityId, asked.certificate.der, asked.at);
    const known = await this.#kept(key);
    if (known) return this.#filesOf(known);
    const made = encodeKeptBundle(await this.#make(asked));
    // Whoever asked at the same time may have been first: then that is the evidence.
    const isOurs = await store.put(key, made);
    return this.#filesOf(isOurs ? decodeKeptBundle(made) : (await this.#kept(key))!);
  }

  async #kept(key: string): Promise<KeptBundle | undefined> {
    const stored = await this.#options.store.open(key);
    return stored && decodeKeptBundle(await readAll(stored));
  }

  #understand({ certificate: der, at: instant, authorityId: named }: EvidenceQuestion): Asked {
    const { feed, clock } = this.#options;
    const certificate = parseCertificate(der);
    const candidates = feed
      .authorities()
      .filter(({ authority }) => (named ?? authority.authorityId) === authority.authorityId);
    if (named !== undefined && candidates.length === 0) throw new EvidenceRefusal('authority_unknown');
    const found = candidates
      .map(({ authority }) => ({
        authorityId: authority.authorityId,
        authority: parseCertificate(Buffer.from(authority.certificate, 'base64')),
      }))
      .find(({ authority }) => isIssuedBy(certificate, authority));
    if (!found)
      throw new EvidenceRefusal(named === undefined ? 'authority_unknown' : 'certificate_of_another_authority');
    const at = Math.floor(instant / 1_000) * 1_000;
    if (at > clock.now()) throw new EvidenceRefusal('moment_in_future');
    if (!isWithinValidity(certificate, at)) throw new EvidenceRefusal('certificate_not_valid_then');
    return { ...found, certificate, at };
  }

  async #make({ authorityId, authority, certificate, at }: Asked): Promise<KeptBundle> {
    const { clock, statuses } = this.#options;
    const partition = this.#partitionOf(authorityId, certificate);
    const status = await statuses.of({ authorityId, partition }, certificate.serialNumberOctets, at);
    const producedAt = Math.floor(clock.now() / 1_000) * 1_000;
    const key = await this.#keyOf(authorityId, authority, producedAt);
    const ocspResponse = await signPastStatus({ status, certificate, authority, key, producedAt });
    const crls = crlsOf(status);
    const stamps = await this.#stamps(ocspResponse, crls);
    const readme = evidenceReadme({
      at,
      producedAt,
      certStatus: status.certStatus,
      hasDelta: status.delta !== undefined,
      stamped: stamps.map(({ file, name }) => ({ file, timestamp: name })),
    });
    const files: BundleFile[] = [
      readme,
      { name: 'certificate.pem', content: Buffer.from(encodePem('CERTIFICATE', certificate.der)) },
      { name: 'authority.pem', content: Buffer.from(encodePem('CERTIFICATE', authority.der)) },
      { name: 'ocsp-response.der', content: ocspResponse },
      ...stamps.map(({ name, content }) => ({ name, content })),
    ];
    const { certStatus, thisUpdate } = status;
    const manifest = evidenceManifest({ at, certStatus, producedAt, thisUpdate, crls, files });
    const named = crls.map(({ name, key: crlKey, descriptor: { bytes, sha256 } }) => ({
      name,
      key: crlKey,
      bytes,
      sha256,
    }));
    return { files: [manifest, ...files], crls: named };
  }

  /** @throws EvidenceRefusal `certificate_unknown` */
  #partitionOf(authorityId: string, { serialNumberOctets, der }: Certificate): string | undefined {
    const { feed } = this.#options;
    const state = feed.get(authorityId)?.index.lookup(serialNumberOctets);
    if (!state || state.state === 'not_issued') throw new EvidenceRefusal('certificate_unknown');
    const { fingerprint } = state;
    if (fingerprint && !equalOctets(fingerprint, digest('sha256', der)))
      throw new EvidenceRefusal('certificate_unknown');
    return feed.partitionOf(authorityId, serialNumberOctets);
  }

  async #keyOf(authorityId: string, authority: Certificate, now: number) {
    const signer = await this.#options.signerOf(authorityId);
    const isUsable =
      signer && equalOctets(signer.key.publicKey, authority.publicKey) && isWithinValidity(authority, now);
    if (!isUsable) throw new EvidenceRefusal('signer_unavailable');
    return signer.key;
  }

  async #stamps(ocspResponse: Uint8Array, crls: readonly NamedCrl[]) {
    const { timeStamper } = this.#options;
    if (!timeStamper) return [];
    const stamps = [
      { file: 'ocsp-response.der', name: 'ocsp-response.tsr', content: await timeStamper.stamp(ocspResponse) },
    ];
    for (const { name: file, descriptor } of crls) {
      const content = await timeStamper.stampHash(Buffer.from(descriptor.sha256, 'hex'));
      stamps.push({ file, name: file.replace('.crl', '.tsr'), content });
    }
    return stamps;
  }

  async #filesOf({ files, crls }: KeptBundle): Promise<readonly ZipFile[]> {
    const zipped: ZipFile[] = files.map(({ name, content }) => ({
      name,
      size: content.length,
      crc32: crc32(content),
      content: [content],
    }));
    for (const { name, key, bytes, sha256 } of crls) {
      const crl = await this.#options.archived.at(key);
      if (crl?.descriptor.sha256 !== sha256) {
        throw new EvidenceError('malformed_record', 'The CRL of kept evidence is gone from the archive, or another.');
      }
      // Read twice, so that nothing is given before all of it was found to be right.
      zipped.push({ name, size: bytes, crc32: await checksumOf(crl), content: crl.content.read() });
    }
    return zipped;
  }
}

type NamedCrl = BundleCrl & Pick<PublishedCrl, 'key'>;

const crlsOf = ({ complete, delta }: PastStatus): readonly NamedCrl[] => [
  { name: 'crl.crl', key: complete.key, descriptor: complete.descriptor },
  ...(delta ? [{ name: 'delta.crl' as const, key: delta.key, descriptor: delta.descriptor }] : []),
];
