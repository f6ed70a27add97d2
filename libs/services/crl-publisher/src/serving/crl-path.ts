import type { CrlSeries } from '@kakunin/publication';

/** What a path under `/crl/` asks for. */
export interface CrlPath {
  readonly series: CrlSeries;
  /** Absent: the newest. */
  readonly crlNumber?: bigint;
  readonly form: 'crl' | 'pem';
}

const AUTHORITY = '[a-z0-9][a-z0-9-]{0,62}';
const LABEL = '[a-z0-9][a-z0-9-]{0,31}';
const SCOPE = `(?<authorityId>${AUTHORITY})(?:/partitions/(?<partition>${LABEL}))?`;
const FORM = String.raw`\.(?<form>crl|pem)`;

/** `a.crl`, `a/partitions/13101.crl` */
const NEWEST = new RegExp(`^${SCOPE}${FORM}$`);
/** `a/delta.crl`, `a/partitions/13101/delta.crl` */
const NEWEST_DELTA = new RegExp(`^${SCOPE}/delta${FORM}$`);
/** `a/7.crl`, `a/7.delta.crl`, `a/partitions/13101/7.crl` */
const NUMBERED = new RegExp(String.raw`^${SCOPE}/(?<crlNumber>[1-9]\d{0,47})(?<delta>\.delta)?${FORM}$`);

/**
 * Reads a path, as `crlPointer` and `crlKey` write it, or with `.pem` in place of `.crl`.
 * @param path what stands behind `/crl/`
 */
export function readCrlPath(path: string): CrlPath | undefined {
  const newest = NEWEST.exec(path);
  if (newest) return pathOf(newest, 'complete');
  const delta = NEWEST_DELTA.exec(path);
  if (delta) return pathOf(delta, 'delta');
  const numbered = NUMBERED.exec(path);
  return numbered ? pathOf(numbered, numbered.groups?.['delta'] ? 'delta' : 'complete') : undefined;
}

function pathOf({ groups = {} }: RegExpExecArray, kind: 'complete' | 'delta'): CrlPath {
  const { authorityId = '', partition, crlNumber, form } = groups;
  return {
    series: { authorityId, kind, ...(partition !== undefined && { partition }) },
    ...(crlNumber !== undefined && { crlNumber: BigInt(crlNumber) }),
    form: form === 'pem' ? 'pem' : 'crl',
  };
}
