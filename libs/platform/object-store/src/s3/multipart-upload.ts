import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Chunks } from '@kakunin/objects';
import { createHash } from 'node:crypto';
import type { Bucket } from './bucket.ts';
import { asObjectError } from './s3-errors.ts';

/** So much is held in memory; 10,000 parts, the most that S3 takes, are 80 GB. */
const PART_SIZE = 8 * 1024 * 1024;

/**
 * Uploads content whose size is not known yet, one part after the other.
 * @returns size and SHA-256, lower-case hexadecimal
 */
export async function uploadInParts(
  bucket: Bucket,
  key: string,
  content: Chunks,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const { client } = bucket;
  const at = bucket.at(key);
  const hash = createHash('sha256');
  let bytes = 0;
  const { UploadId } = await asObjectError(() => client.send(new CreateMultipartUploadCommand(at)));
  try {
    const parts: CompletedPart[] = [];
    for await (const Body of partsOf(content)) {
      hash.update(Body);
      bytes += Body.length;
      const PartNumber = parts.length + 1;
      const command = new UploadPartCommand({ ...at, UploadId, PartNumber, Body });
      const { ETag } = await asObjectError(() => client.send(command));
      parts.push({ PartNumber, ETag });
    }
    const complete = new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts: parts } });
    await asObjectError(() => client.send(complete));
    return { bytes, sha256: hash.digest('hex') };
  } catch (error) {
    // The store forgets half an upload by itself some day (a lifecycle rule); why it broke off matters more.
    await client.send(new AbortMultipartUploadCommand({ ...at, UploadId })).catch(() => undefined);
    throw error;
  }
}

/** Pieces of the size of a part, the last one smaller; at least one, for an upload without parts is none. */
async function* partsOf(content: Chunks): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content) {
    held.push(chunk);
    size += chunk.length;
    if (size < PART_SIZE) continue;
    const joined = Buffer.concat(held);
    const whole = size - (size % PART_SIZE);
    for (let start = 0; start < whole; start += PART_SIZE) yield joined.subarray(start, start + PART_SIZE);
    held = [joined.subarray(whole)];
    size -= whole;
  }
  const rest = Buffer.concat(held);
  yield rest;
}
