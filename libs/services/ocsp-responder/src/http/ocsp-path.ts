import { relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { PURPOSES } from '@kakunin/usage';
import type { Purpose } from '@kakunin/usage';

/** What the path says: on whose behalf, and what for. One object for the same two, as long as few are asked for. */
export interface OcspPath {
  /** Code of the service provider; empty when the platform provider asks for itself. */
  readonly serviceProvider: string;
  readonly purpose: Purpose;
}

/** A path as it was asked for. */
export interface AskedPath {
  readonly path: OcspPath;
  /** The base64 request as it stands in the path, percent-encoded or not; empty for POST. */
  readonly encodedRequest: string;
}

export const OCSP_ROOT = '/ocsp';

const isPurpose = (text: string): text is Purpose => (PURPOSES as readonly string[]).includes(text);

/**
 * Reads `/ocsp`, `/ocsp/{serviceProvider}`, `/ocsp/{serviceProvider}/{purpose}`, each with an optional request at the
 * end (RFC 6960, A.1). A request is a DER SEQUENCE, whose base64 begins with `M`; codes and purposes are lower case, so
 * nothing is read two ways.
 * @param path the path as sent (not percent-decoded), without the query
 * @returns undefined when there is no such resource
 */
export function parseOcspPath(path: string): AskedPath | undefined {
  if (path !== OCSP_ROOT && !path.startsWith(`${OCSP_ROOT}/`)) return undefined;
  const tail = path.slice(OCSP_ROOT.length + 1);
  const start = /(?:^|\/)M/.exec(tail);
  const encodedRequest = start ? tail.slice(start.index).replace(/^\//, '') : '';
  const named = pathOf((start ? tail.slice(0, start.index) : tail).replace(/\/$/, ''));
  return named && { path: named, encodedRequest };
}

/** Most paths that are remembered: more than there are service providers with two purposes each. */
const CAPACITY = 10_000;
const paths = new Map<string, OcspPath>();

function pathOf(name: string): OcspPath | undefined {
  const known = paths.get(name);
  if (known) return known;
  const [serviceProvider = '', purpose = 'signature_verification', ...rest] = name.split('/');
  if (rest.length > 0 || !isPurpose(purpose)) return undefined;
  if (serviceProvider !== '' && !relyingPartyCodeSchema.safeParse(serviceProvider).success) return undefined;
  if (paths.size >= CAPACITY) paths.clear();
  const path = { serviceProvider, purpose };
  paths.set(name, path);
  return path;
}
