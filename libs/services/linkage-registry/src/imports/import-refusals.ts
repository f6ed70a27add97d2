import type { ProblemMapping } from '@kakunin/runtime';

/** What is refused of a whole list. */
export const IMPORT_REFUSALS = {
  import_unknown: { status: 404, title: 'No such import' },
  import_differs: { status: 409, title: 'Another list under this import id' },
  import_in_progress: { status: 409, title: 'Somebody else sends this list' },
  crl_refused: { status: 400, title: 'The CRL cannot be relied upon' },
  crl_outdated: { status: 409, title: 'A later CRL was imported already' },
  crl_base_missing: { status: 409, title: 'The CRL before this delta was not imported' },
} as const satisfies Readonly<Record<string, ProblemMapping>>;

export type ImportRefusal = keyof typeof IMPORT_REFUSALS;
