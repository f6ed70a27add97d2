/** Where "now" comes from; epoch milliseconds. */
export interface Clock {
  now(): number;
}
