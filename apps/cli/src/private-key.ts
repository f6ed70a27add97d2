import { createPrivateKey, type KeyObject } from 'node:crypto';
import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';

/** A private key of a PEM file, `-` for stdin. @throws CliError `usage` */
export async function readKey(context: Context, name: string): Promise<KeyObject> {
  try {
    return createPrivateKey(await context.read(name));
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError('usage', `${name} holds no private key (PEM, not encrypted).`, { cause });
  }
}

/** With which hash a key of this kind signs a proof. */
export const hashFor = ({ asymmetricKeyDetails }: KeyObject): string =>
  asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'sha384' : 'sha256';
