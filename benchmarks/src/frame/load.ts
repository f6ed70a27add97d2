/** What is sent, again and again. */
export interface LoadInput {
  readonly directory: string;
  readonly url: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  /** These octets of the body are random in each request. */
  readonly random?: { readonly offset: number; readonly length: number };
  readonly seconds: number;
}

/** What came of it. */
export interface LoadResult {
  readonly requests: number;
  readonly errors: number;
  readonly seconds: number;
  /** Microseconds. */
  readonly p99: number;
}

export type Load = (input: LoadInput) => Promise<LoadResult>;
