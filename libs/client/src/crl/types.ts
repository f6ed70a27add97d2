/** Which CRLs to keep. */
export interface CrlSyncInput {
  /** Where the publisher's CRLs lie, such as `https://crl.example.jp/crl`. */
  readonly url: string;
  readonly store: CrlStore;
  /** The publisher's public key, PEM (Ed25519), which you got in a way that you trust. */
  readonly manifestKey: string | Uint8Array;
  /** The certificates of the authorities whose CRLs are wanted, DER, by the ids that the manifest gives them. */
  readonly authorities: Readonly<Record<string, Uint8Array>>;
  /** Labels of the partitions that are wanted of each authority; default: complete CRLs of the whole authority only. */
  readonly partitions?: readonly string[] | 'all';
  /** Whether deltas are wanted too; default: no. */
  readonly deltas?: boolean;
  /** Octets that a CRL may have; default 2 GiB. */
  readonly maxBytes?: number;
  /** How long the publisher may be silent, milliseconds; default 30,000. */
  readonly timeoutMs?: number;
  readonly onProgress?: (progress: CrlProgress) => void;
  /** Ends the run; what is half downloaded is gone on with by the next. */
  readonly signal?: AbortSignal;
  /** Epoch ms; default: `Date.now`. */
  readonly now?: () => number;
}

/** How far one file has come. */
export interface CrlProgress {
  readonly name: string;
  readonly form: 'patch' | 'whole';
  readonly bytes: number;
  readonly totalBytes: number;
}

/** One CRL that the manifest lists and that is wanted. Instants are epoch ms. */
export interface SyncedCrl {
  /** Of its file, such as `signature-g2.crl` or `signature-g2/partitions/13101.crl`. */
  readonly name: string;
  readonly authorityId: string;
  readonly partition?: string;
  readonly kind: 'complete' | 'delta';
  readonly crlNumber: bigint;
  readonly nextUpdate: number;
  readonly bytes: number;
  /** Octets that were downloaded for it. */
  readonly transferred: number;
  /** - `current`: it was here already; - `patched`: made of the one that was here; - `downloaded`: came whole */
  readonly outcome: 'current' | 'patched' | 'downloaded';
}

/**
 * - `unreachable`: the publisher did not answer, or broke off
 * - `refused`: it answered with an error
 * - `damaged`: what came is not what the manifest says
 * - `unverifiable`: the authority did not sign it, it is out of date, or not the one that was asked for
 * - `went_back`: the manifest lists a lower number than the one that is here, or another CRL of the same number
 * - `missing`: the manifest lists no CRL of this authority or partition
 * - `store_full`, `store_failed`: the files could not be written
 */
export type CrlFailureCode =
  'unreachable' | 'refused' | 'damaged' | 'unverifiable' | 'went_back' | 'missing' | 'store_full' | 'store_failed';

/** A CRL that could not be brought up to date; the file that was here stays. */
export interface FailedCrl {
  readonly name: string;
  readonly code: CrlFailureCode;
  readonly message: string;
}

export interface CrlSyncReport {
  readonly crls: readonly SyncedCrl[];
  readonly failures: readonly FailedCrl[];
}

/** A file that is here. */
export interface StoredCrl {
  readonly bytes: number;
  read(): AsyncIterable<Uint8Array>;
}

/** A file that is being written, and that nobody sees yet. */
export interface CrlPart extends StoredCrl {
  /** Adds octets at its end. */
  append(octets: AsyncIterable<Uint8Array>): Promise<void>;
  /** Makes it the file, all at once; durable when the promise resolves. */
  commit(): Promise<void>;
  /** Throws it away. */
  remove(): Promise<void>;
}

/** Where CRLs are kept; `crlDirectory` is a directory. */
export interface CrlStore {
  /** @returns undefined when there is no such file */
  open(name: string): Promise<StoredCrl | undefined>;
  /** What an earlier run has left of this version of a file, or an empty part. */
  part(name: string, version: string): Promise<CrlPart>;
  /** Keeps other runs out until it is released. @throws CrlSyncError `busy` */
  lock(): Promise<{ release(): Promise<void> }>;
}
