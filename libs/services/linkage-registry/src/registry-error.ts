import type { DerivedCredentialsErrorCode } from '@kakunin/derived-credentials';
import type { ImportRefusal } from './imports/import-refusals.ts';
import type { NewsRefusal } from './news/news-refusals.ts';
import type { SerialNumberRefusal } from './serial-numbers/serial-number-refusals.ts';

export type RegistryErrorCode =
  | SerialNumberRefusal
  | ImportRefusal
  | Exclude<NewsRefusal, DerivedCredentialsErrorCode>
  | 'calls_exhausted'
  | 'persons_exhausted'
  | 'caller_blocked'
  | 'block_unknown'
  | 'root_key_differs'
  | 'keys_not_loaded'
  | 'data_key_unknown'
  | 'data_key_in_use'
  | 'person_unknown'
  | 'effective_in_future'
  | 'sector_unknown'
  | 'sector_in_use'
  | 'consent_key_invalid'
  | 'proposal_unknown'
  | 'proposal_differs'
  | 'translation_unusable'
  | 'map_missing'
  | 'map_under_way'
  | 'relying_party_unknown'
  | 'relying_party_differs'
  | 'credential_taken'
  | 'credential_unknown'
  | 'topic_unknown';

/** What the registry itself refuses, beside the rules of the domain. */
export class RegistryError extends Error {
  constructor(
    readonly code: RegistryErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'RegistryError';
  }
}
