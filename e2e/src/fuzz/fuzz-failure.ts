/** What must never happen did; with the request, so that it can be sent again. */
export class FuzzFailure extends Error {
  constructor(what: string, octets: Uint8Array, options?: ErrorOptions) {
    super(`${what}\nrequest: ${Buffer.from(octets).toString('hex')}`, options);
    this.name = 'FuzzFailure';
  }
}
