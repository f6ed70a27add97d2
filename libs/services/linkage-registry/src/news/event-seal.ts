import type { Vault } from '../keys/vault.ts';
import type { NewsEvent } from './feed-event.ts';

const ownerOf = (recipient: string): string => `news of ${recipient}`;

/** An event as it is kept: it opens for its recipient only. */
export const sealEvent = (vault: Vault, recipient: string, event: NewsEvent): Buffer =>
  vault.seal(ownerOf(recipient), Buffer.from(JSON.stringify(event)));

export const openEvent = (vault: Vault, recipient: string, sealed: Uint8Array): NewsEvent =>
  JSON.parse(vault.open(ownerOf(recipient), sealed).toString()) as NewsEvent;
