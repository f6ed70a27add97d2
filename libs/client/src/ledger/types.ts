import type { KeptReceipt } from '../receipt.ts';

/** A document and its detached signature, as they were handed out. */
export interface SignedDocument {
  /** Canonical JSON (RFC 8785), octet for octet. */
  readonly octets: Uint8Array;
  /** Ed25519 (RFC 8032), 64 octets. */
  readonly signature: Uint8Array;
}

/** Reads the files of a ledger (C2SP tlog-tiles): see `directoryLedger` and `httpsLedger`. */
export interface LedgerSource {
  /** @param path such as `checkpoint` or `tile/0/001` @returns undefined when nothing lies there */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** Published prices, as the billing meter's `/tariffs`, `/waivers` and `/commitments` show them. */
export interface PublishedPrices {
  readonly tariffs: readonly unknown[];
  readonly waivers: readonly unknown[];
  readonly commitments: readonly unknown[];
}

/** What a payer holds against its ledger. */
export interface LedgerVerificationInput {
  readonly ledger: LedgerSource;
  /** Verifier keys of the ledger, such as `kakunin/kakunin/pf-a+1234abcd+…`; of old and new keys while they change. */
  readonly verifierKeys: readonly string[];
  /** Checkpoints that were kept from earlier verifications. */
  readonly keptCheckpoints?: readonly Uint8Array[];
  readonly receipts?: {
    /** Of other ledgers too: they are passed over. */
    readonly kept: Iterable<KeptReceipt> | AsyncIterable<KeptReceipt>;
    /**
     * Whether a receipt was kept for every answer: then each leaf that is looked at must have one. With a statement
     * those are the leaves that it accounts for, else all.
     */
    readonly complete: boolean;
  };
}

/** What a payer holds against its statement, too. */
export interface StatementVerificationInput extends LedgerVerificationInput {
  readonly statement: SignedDocument;
  /** Public key of who issues statements, PEM. */
  readonly signingKey: string;
  /** The customer's earlier statements: the one before, and those that bill months of which this one has late usage. */
  readonly earlierStatements?: readonly SignedDocument[];
  /** Credit notes of the statement, in any order. */
  readonly creditNotes?: readonly SignedDocument[];
  /** The prices that were published, as they were known at an instant (epoch ms). */
  readonly publishedPrices: (knownAt: number) => Promise<PublishedPrices>;
}

/** What can be wrong. */
export type StatementFindingKind =
  /** Nobody with the issuer's key signed these octets. */
  | 'signature_invalid'
  /** Not a closed statement in its canonical form, so nothing else was looked at. */
  | 'malformed_document'
  /** The ledger's checkpoint, or one that was kept, is not signed with the ledger's keys; or there is none. */
  | 'checkpoint_invalid'
  /** The statement is made from a ledger of another name. */
  | 'other_ledger'
  /** The tree that the statement was closed with is not the beginning of the ledger's. */
  | 'statement_tree_differs'
  /** A checkpoint that was kept is not the beginning of the ledger's tree: the past was rewritten. */
  | 'rewritten'
  /** The leaves do not make the tree that the checkpoint signs. */
  | 'tree_differs'
  | 'size_differs'
  /** A file of the ledger is missing, or is not what the checkpoint says. */
  | 'unreadable'
  | 'malformed_leaf'
  /** An event that is charged twice. */
  | 'repeated_event'
  /** Events of the same segment are missing. */
  | 'missing_event'
  /** An answer was given, and its record is not in the ledger. */
  | 'receipt_without_leaf'
  /** The record in the ledger is another than the answer's receipt says. */
  | 'receipt_differs'
  /** A record of an answer that was never given, as all receipts were kept. */
  | 'leaf_without_receipt'
  /** The statement bills another number of checks than the ledger holds. */
  | 'total_differs'
  /** A credit note is of another statement, or of another content of this one. */
  | 'other_statement'
  /** The statement, or a credit note, was made by other prices than those that were published. */
  | 'price_list_differs'
  /** By the published prices, what was used has no price: it cannot be rated. */
  | 'not_rated'
  /** A line is not what its checks cost by the published prices; of a credit note, not what follows from its ground. */
  | 'line_differs'
  /** Amounts do not add up. */
  | 'sum_differs'
  | 'tax_differs'
  /** The statement says what is charged by a rule that this version does not know. */
  | 'unknown_rule';

/** Something that is wrong. It holds no certificate and no holder. */
export interface StatementFinding {
  readonly kind: StatementFindingKind;
  readonly ja: string;
  readonly en: string;
}

/** What a verification of a ledger found. */
export interface LedgerVerification {
  /** Empty: everything is right. Of each kind the first thousand. */
  readonly findings: readonly StatementFinding[];
  /** How many there are of each kind. */
  readonly counts: Readonly<Partial<Record<StatementFindingKind, number>>>;
  /** Leaves that were read. */
  readonly leaves: number;
  /** The ledger's checkpoint: keep it when nothing is wrong, for the next verification. */
  readonly checkpoint?: { readonly size: number; readonly octets: Uint8Array };
}

/** What a verification of a statement found. */
export interface StatementVerification extends LedgerVerification {
  /** What was verified; absent when it is no statement. */
  readonly statement?: {
    readonly customer: string;
    /** Such as `2026-10`. */
    readonly period: string;
    readonly number: string;
    readonly quantity: bigint;
    /** Yen, with tax. */
    readonly amountWithTax: bigint;
    /** Less all credit notes that were given, with tax: what is to be paid. */
    readonly owedWithTax: bigint;
    /** Credit notes that were taken into account. */
    readonly creditNotes: readonly string[];
  };
}
