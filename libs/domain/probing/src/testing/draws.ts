import { createCipheriv, createHash } from 'node:crypto';

/** Numbers that look random and are the same every time: AES in counter mode under a seed. @returns below `limit`, at most 2³² */
export function draws(seed: string): (limit: number) => number {
  const cipher = createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), Buffer.alloc(16));
  const zeros = Buffer.alloc(4);
  return (limit) => Math.floor((cipher.update(zeros).readUInt32BE() / 2 ** 32) * limit);
}
