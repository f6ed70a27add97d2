import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import type { OctetRange } from '@kakunin/objects';
import { Readable } from 'node:stream';
import type { S3Location } from '../store-url.ts';
import { asObjectError, isMissing, isOutOfRange, isRefused } from './s3-errors.ts';

const ignore = (): void => undefined;

/** How long a store may keep us waiting: for a connection, and for the next octets. Milliseconds. */
const CONNECTION_LIMIT = 5_000;
const SILENCE_LIMIT = 30_000;

export type WriteCondition = { readonly IfNoneMatch: '*' } | { readonly IfMatch: string };

export interface Write extends Pick<
  PutObjectCommandInput,
  'ContentType' | 'ContentEncoding' | 'CacheControl' | 'Metadata' | 'ChecksumSHA256'
> {
  readonly key: string;
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
  readonly bytes: number;
  readonly condition: WriteCondition;
}

/** The requests to one bucket, their keys below the store's prefix, their errors as `ObjectError`. */
export class Bucket {
  readonly client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor({ bucket, prefix, endpoint, region }: S3Location) {
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.client = new S3Client({
      ...(endpoint && { endpoint, forcePathStyle: true }),
      ...(region && { region }),
      // What we know is SHA-256 and we say it; the SDK's own CRC trailers are more than many servers speak.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      // It warns on the console of what its errors say as well.
      logger: { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore },
      requestHandler: { connectionTimeout: CONNECTION_LIMIT, socketTimeout: SILENCE_LIMIT },
    });
  }

  /** @throws ObjectError `store_unavailable` when the bucket is not there or not ours */
  check(): Promise<unknown> {
    return asObjectError(() => this.client.send(new HeadBucketCommand({ Bucket: this.#bucket })));
  }

  /** Names a key in a request. */
  at(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + key };
  }

  head(key: string): Promise<HeadObjectCommandOutput | undefined> {
    return asObjectError(() => this.client.send(new HeadObjectCommand(this.at(key))).catch(undefinedIf(isMissing)));
  }

  async *read(key: string, { start, end }: OctetRange): AsyncGenerator<Uint8Array> {
    if (end !== undefined && end <= start) return;
    const Range = start === 0 && end === undefined ? undefined : `bytes=${start}-${end === undefined ? '' : end - 1}`;
    const command = new GetObjectCommand({ ...this.at(key), ...(Range && { Range }) });
    const found = await asObjectError(() => this.client.send(command).catch(undefinedIf(isOutOfRange)));
    if (!(found?.Body instanceof Readable)) return;
    const chunks = found.Body[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await asObjectError(() => chunks.next());
        if (done) return;
        yield value as Uint8Array;
      }
    } finally {
      found.Body.destroy();
    }
  }

  /** @returns false when the condition does not hold */
  write({ key, body, bytes, condition, ...headers }: Write): Promise<boolean> {
    return asObjectError(async () => {
      // The SDK would wait for ever for what a source that broke off still owes.
      const abort = new AbortController();
      const Body = body instanceof Uint8Array ? body : Readable.from(body).on('error', (error) => abort.abort(error));
      const command = new PutObjectCommand({ ...this.at(key), ...headers, ...condition, Body, ContentLength: bytes });
      try {
        await this.client.send(command, { abortSignal: abort.signal });
        return true;
      } catch (error) {
        if (abort.signal.aborted) throw abort.signal.reason;
        // If-Match where nothing lies is a 404.
        if (isRefused(error) || ('IfMatch' in condition && isMissing(error))) return false;
        throw error;
      }
    });
  }

  delete(key: string): Promise<unknown> {
    return asObjectError(() => this.client.send(new DeleteObjectCommand(this.at(key))));
  }

  /** Keys that begin with `prefix` and lie behind `after`, in order, a page of the store's size at a time. */
  async *pages(prefix: string, after: string): AsyncGenerator<readonly ListedKey[]> {
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: this.#bucket,
        Prefix: this.#prefix + prefix,
        ...(token ? { ContinuationToken: token } : { StartAfter: this.#prefix + after }),
      });
      const page = await asObjectError(() => this.client.send(command));
      yield (page.Contents ?? []).map((one) => this.#listed(one));
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  #listed({
    Key = '',
    Size = 0,
    LastModified,
  }: NonNullable<ListObjectsV2CommandOutput['Contents']>[number]): ListedKey {
    return { key: Key.slice(this.#prefix.length), bytes: Size, storedAt: LastModified?.getTime() ?? 0 };
  }
}

export interface ListedKey {
  readonly key: string;
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly storedAt: number;
}

const undefinedIf =
  (isExpected: (error: unknown) => boolean) =>
  (error: unknown): undefined => {
    if (!isExpected(error)) throw error;
  };
