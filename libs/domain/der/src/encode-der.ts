import { type DerPart, encodedSize, headerSize } from './der-value.ts';

/** The octets of a value, in one buffer of exactly their size. */
export function encodeDer(part: DerPart): Buffer {
  const target = Buffer.allocUnsafe(encodedSize(part));
  writeDer(target, 0, part);
  return target;
}

/** Writes the value at the offset; @returns the offset after it. The target must have room for `encodedSize(part)`. */
function writeDer(target: Uint8Array, offset: number, part: DerPart): number {
  if (part instanceof Uint8Array) {
    target.set(part, offset);
    return offset + part.length;
  }
  let position = writeHeader(target, offset, part);
  if (part.content instanceof Uint8Array) {
    target.set(part.content, position);
    return position + part.contentSize;
  }
  for (const inner of part.content) position = writeDer(target, position, inner);
  return position;
}

/** Writes tag and length of an element; @returns the offset of its content. */
export function writeHeader(
  target: Uint8Array,
  offset: number,
  { tag, contentSize }: { readonly tag: number; readonly contentSize: number },
): number {
  const size = headerSize(contentSize);
  target[offset] = tag;
  if (size === 2) {
    target[offset + 1] = contentSize;
    return offset + 2;
  }
  target[offset + 1] = 0x80 | (size - 2);
  for (let index = size - 1, left = contentSize; index > 1; index--, left = Math.floor(left / 256))
    target[offset + index] = left % 256;
  return offset + size;
}
