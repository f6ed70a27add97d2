/** What must never happen did. */
export class FaultFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FaultFailure';
  }
}
