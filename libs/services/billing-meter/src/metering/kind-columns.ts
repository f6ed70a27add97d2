import type { UsageKind } from '@kakunin/usage';

export interface KindColumn {
  readonly property: keyof UsageKind;
  /** In tables. */
  readonly column: string;
  /** Where others read it: in JSON, and above a column of a CSV. */
  readonly name: string;
  readonly header: string;
}

const kindColumn = (property: keyof UsageKind, column: string): KindColumn => ({
  property,
  column,
  name: property,
  header: column,
});

/** What checks of a kind have in common, in the order of the tables' keys. */
export const KIND_COLUMNS: readonly KindColumn[] = [
  { ...kindColumn('platformProvider', 'platform_provider'), name: 'customer', header: 'customer' },
  kindColumn('serviceProvider', 'service_provider'),
  kindColumn('authorityId', 'authority_id'),
  kindColumn('certificateClass', 'certificate_class'),
  kindColumn('carrier', 'carrier'),
  kindColumn('channel', 'channel'),
  kindColumn('purpose', 'purpose'),
  kindColumn('outcome', 'outcome'),
];
