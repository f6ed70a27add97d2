import type { IncomingHttpHeaders } from 'node:http';

const ATTRIBUTE = /^ce-(.+)$/;

/** Whether headers say that the body is the data of a CloudEvent (HTTP protocol binding 1.0, section 3.1). */
export const isBinaryMode = (headers: IncomingHttpHeaders): boolean => headers['ce-specversion'] !== undefined;

/**
 * The event in binary content mode: attributes are headers `ce-…`, percent-encoded (section 3.1.3.2).
 * @returns what the structured mode would have brought, to be validated as that is; undefined for a broken encoding
 */
export function eventOfHeaders(headers: IncomingHttpHeaders, data: unknown): unknown {
  const event: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    const attribute = ATTRIBUTE.exec(name)?.[1];
    if (attribute === undefined) continue;
    const decoded = typeof value === 'string' ? decode(value) : undefined;
    if (decoded === undefined) return undefined;
    event[attribute] = decoded;
  }
  return { ...event, data };
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
