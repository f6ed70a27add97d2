const LINE = Buffer.from('Connection: close\r\n', 'latin1');

/** The response's octets with `Connection: close` at the beginning of its headers (RFC 9112, 9.6). */
export function withConnectionClose(response: Uint8Array): Buffer {
  const octets = Buffer.from(response.buffer, response.byteOffset, response.length);
  const headers = octets.indexOf('\r\n', 0, 'latin1') + 2;
  return Buffer.concat([octets.subarray(0, headers), LINE, octets.subarray(headers)]);
}
