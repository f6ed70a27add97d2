import { constants, createBrotliCompress, createGzip, createZstdCompress } from 'node:zlib';
import type { Transform } from 'node:stream';

export type ContentCoding = 'zstd' | 'br' | 'gzip';

/** Codings in which CRLs are laid beside themselves, the ones to be preferred first; a file's name ends with the extension. */
export const CODINGS: readonly { readonly coding: ContentCoding; readonly extension: string; encoder(): Transform }[] =
  [
    { coding: 'zstd', extension: '.zst', encoder: () => createZstdCompress() },
    {
      coding: 'br',
      extension: '.br',
      // More effort makes a CRL hardly smaller, and its publication late.
      encoder: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
    },
    { coding: 'gzip', extension: '.gz', encoder: () => createGzip() },
  ];

/**
 * The coding to answer in (RFC 9110, 12.5.3): of those that the caller weighs highest, the first in our order.
 * @returns undefined for the CRL as it is, also when the caller refuses everything else
 */
export function negotiate(
  acceptEncoding: string | undefined,
  available: readonly ContentCoding[],
): ContentCoding | undefined {
  const weights = weightsOf(acceptEncoding ?? '');
  const weigh = (coding: string): number => weights.get(coding) ?? weights.get('*') ?? 0;
  let best: ContentCoding | undefined;
  // Not named, it is acceptable, and less wanted than whatever is named.
  let highest = weights.get('identity') ?? 0;
  for (const coding of available) {
    const weight = weigh(coding);
    if (weight > 0 && (best === undefined ? weight >= highest : weight > highest)) {
      best = coding;
      highest = weight;
    }
  }
  return best;
}

/** How much a coding is wanted that has to be named: 0 to 1. */
export const weightOf = (acceptEncoding: string | undefined, coding: string): number =>
  weightsOf(acceptEncoding ?? '').get(coding) ?? 0;

function weightsOf(header: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const item of header.toLowerCase().split(',')) {
    const [coding = '', ...parameters] = item.split(';').map((part) => part.trim());
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    const weight = quality === undefined ? 1 : Number(quality);
    if (coding && weight >= 0 && weight <= 1) weights.set(coding === 'x-gzip' ? 'gzip' : coding, weight);
  }
  return weights;
}
