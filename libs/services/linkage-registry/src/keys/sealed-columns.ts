/** Where something sealed is kept, and how its row says whose it is: the owner that it was sealed for, as SQL. */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  readonly owner: string;
}

/** All of them: data keys are changed, and destroyed, by this list. A test holds it to the tables. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: 'person', column: 'person_key_sealed', owner: `'person ' || encode(holder_index, 'base64')` },
  { table: 'further_person_key', column: 'person_key_sealed', owner: `'person key ' || key_id` },
  {
    table: 'sector_key',
    column: 'sector_key_sealed',
    owner: `'sector ' || sector || CASE version WHEN 1 THEN '' ELSE ' ' || version END`,
  },
  { table: 'note_key', column: 'private_key_sealed', owner: `'note key ' || purpose` },
  { table: 'counting_day', column: 'key_sealed', owner: `'counting day ' || day` },
  { table: 'news_item', column: 'event_sealed', owner: `'news of ' || recipient` },
  { table: 'linkage_event', column: 'event_sealed', owner: `'news of ' || recipient` },
  { table: 'webhook_key', column: 'secret_sealed', owner: `'webhook ' || endpoint_id` },
  { table: 'webhook_key', column: 'private_key_sealed', owner: `'webhook ' || endpoint_id` },
  { table: 'derived_credential', column: 'reference_sealed', owner: `'derived credential ' || credential_id` },
  { table: 'matching', column: 'key_sealed', owner: `'matching ' || matching_id` },
];
