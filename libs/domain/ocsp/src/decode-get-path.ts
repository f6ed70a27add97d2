/** Padding may be missing; anything else that is not base64 may not be there. */
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * The OCSPRequest in the path of a GET (RFC 6960, A.1; RFC 9919, 6): base64, URL-encoded or not.
 * @param pathTail what follows the responder's own path; leading slashes do not count, because DER starts with `M` in base64
 * @returns undefined when it is not base64. A `+` that became a space on its way is taken for a `+`.
 */
export function decodeGetPath(pathTail: string): Uint8Array | undefined {
  const text = percentDecoded(pathTail)?.replace(/^\/+/, '').replaceAll(' ', '+');
  if (text === undefined || !BASE64.test(text) || text.replace(/=+$/, '').length % 4 === 1) return undefined;
  return Buffer.from(text, 'base64');
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
