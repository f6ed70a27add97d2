import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export interface DirectoryLocation {
  readonly kind: 'directory';
  readonly directory: string;
}

export interface S3Location {
  readonly kind: 's3';
  readonly bucket: string;
  /** Put before each key; empty, or ends with a slash. */
  readonly prefix: string;
  /** Absent: that of the region at AWS. */
  readonly endpoint?: string;
  readonly region?: string;
}

/** Where an object store lies. */
export type StoreLocation = DirectoryLocation | S3Location;

const parameters = new Set(['endpoint', 'region']);

/**
 * Reads `file:<directory>` (relative to where the process was started, or absolute) or
 * `s3://<bucket>/<prefix>?endpoint=<URL>&region=<region>`; without an endpoint it is AWS.
 * @returns undefined when the text is neither
 */
export function parseStoreUrl(text: string): StoreLocation | undefined {
  if (text.startsWith('file://')) return URL.canParse(text) ? directory(fileURLToPath(text)) : undefined;
  if (text.startsWith('file:')) return text === 'file:' ? undefined : directory(resolve(text.slice('file:'.length)));
  return text.startsWith('s3://') && URL.canParse(text) ? s3(new URL(text)) : undefined;
}

const directory = (path: string): StoreLocation => ({ kind: 'directory', directory: path });

function s3({ hostname, pathname, searchParams, username, port, hash }: URL): S3Location | undefined {
  const prefix = pathname.replace(/^\/|\/$/g, '');
  const endpoint = searchParams.get('endpoint');
  const region = searchParams.get('region');
  const isUnknown = [...searchParams.keys()].some((name) => !parameters.has(name));
  if (!hostname || username || port || hash || isUnknown || (endpoint !== null && !URL.canParse(endpoint)))
    return undefined;
  return {
    kind: 's3',
    bucket: hostname,
    prefix: prefix && `${prefix}/`,
    ...(endpoint !== null && { endpoint }),
    ...(region !== null && { region }),
  };
}

/** For the option of a service's configuration that says where its store is. */
export const objectStoreUrl = z
  .string()
  .refine((text) => parseStoreUrl(text) !== undefined, 'must be file:<directory> or s3://<bucket>/<prefix>');
