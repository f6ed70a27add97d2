/** An OCSPRequest about one certificate, of which only serial number and nonce change. Octets are lower-case hexadecimal. */
export interface RequestTemplate {
  readonly octets: string;
  readonly serialOffset: number;
  /** Every serial number takes as many octets. */
  readonly serialLength: number;
  /** Undefined: a request without nonce. */
  readonly nonceOffset?: number;
}

export const NONCE_OCTETS = 16;

/** Makes requests of a template; a request is a buffer of its own, of exactly its size. */
export class RequestWriter {
  readonly #octets: Uint8Array;
  readonly #template: RequestTemplate;

  constructor(template: RequestTemplate) {
    this.#template = template;
    this.#octets = fromHex(template.octets);
  }

  /** @param nonce `NONCE_OCTETS` octets, where the template has one */
  write(serial: number, nonce?: Uint8Array): Uint8Array<ArrayBuffer> {
    const { serialOffset, serialLength, nonceOffset } = this.#template;
    const request = new Uint8Array(this.#octets);
    let rest = serial;
    for (let index = serialLength - 1; index >= 0; index -= 1) {
      request[serialOffset + index] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    if (rest > 0) throw new RangeError('This serial number takes more octets than the others.');
    if (nonceOffset !== undefined && nonce) request.set(nonce, nonceOffset);
    return request;
  }
}

function fromHex(hex: string): Uint8Array {
  const octets = new Uint8Array(hex.length / 2);
  for (let index = 0; index < octets.length; index += 1)
    octets[index] = parseInt(hex.slice(2 * index, 2 * index + 2), 16);
  return octets;
}
