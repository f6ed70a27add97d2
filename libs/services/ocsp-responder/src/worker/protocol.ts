// What the main thread and a worker say to each other. Memory that is shared stays where it is; the rest is copied.
import type { HealthResult } from '@kakunin/runtime';
import type { RelyingParty, RelyingPartyDirectoryImage } from '@kakunin/relying-parties';
import type { JournalPlace, JournalWriterFigures, SealedSegment } from '@kakunin/usage-journal/writer';
import type { CallerLimitsMemory } from '../answering/caller-limits.ts';
import type { OcspConfig } from '../config.ts';
import type { DigestKey } from '@kakunin/digest-keys';
import type { SignerFigure } from '../signing/responder-signers.ts';
import type { SharedAuthority } from './shared-status.ts';

/** A listener as a worker opens it. */
export interface WorkerListener {
  readonly name: 'plain' | 'mtls';
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly tls?: { readonly cert: Uint8Array; readonly key: Uint8Array; readonly ticketKeys: Uint8Array };
}

/** Everything that a worker begins with. */
export interface WorkerStart {
  /** From 0; its successor has the same. */
  readonly number: number;
  readonly config: OcspConfig;
  readonly listeners: readonly WorkerListener[];
  /** Other workers listen on the same ports. */
  readonly reusePort: boolean;
  readonly authorities: readonly SharedAuthority[];
  readonly authoritiesAreComplete: boolean;
  readonly relyingParties: RelyingPartyDirectoryImage;
  readonly journal: JournalPlace;
  readonly limits: CallerLimitsMemory;
  /** Of `Figures`. */
  readonly figures: SharedArrayBuffer;
  /** Of `Pulse`. */
  readonly pulse: SharedArrayBuffer;
  /** Of `SharedClock`. */
  readonly clock: SharedArrayBuffer;
  /** Keys of the certificate digests. */
  readonly digestKeys: readonly DigestKey[];
}

/** To a worker. */
export type Order =
  | { readonly type: 'authority'; readonly authority: SharedAuthority }
  | { readonly type: 'authority_forgotten'; readonly authorityId: string }
  | { readonly type: 'relying_party'; readonly party: RelyingParty }
  /** Everything registered before the responder began has been told. */
  | { readonly type: 'complete'; readonly what: 'authorities' | 'relying_parties' }
  /** In place of those it has. */
  | { readonly type: 'digest_keys'; readonly keys: readonly DigestKey[] }
  /** Each answer is its connection's last from now on. */
  | { readonly type: 'drain' }
  /** Answers what was asked, seals its journal, and ends. */
  | { readonly type: 'close' };

/** From a worker. */
export type Report =
  | { readonly type: 'listening'; readonly ports: Readonly<Record<string, number>> }
  | { readonly type: 'not_started'; readonly failure: Failure }
  | { readonly type: 'sealed'; readonly segment: SealedSegment }
  | { readonly type: 'journal_fault'; readonly fault: string | undefined }
  /** Each second. */
  | {
      readonly type: 'state';
      readonly signers: HealthResult;
      readonly signerFigures: readonly SignerFigure[];
      readonly journalFigures: JournalWriterFigures;
    }
  | LogLine
  /** Everything that was asked is answered and durable: the thread may end. */
  | { readonly type: 'closed' };

export interface LogLine {
  readonly type: 'log';
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly failure?: Failure;
}

/** An error as it can be posted. */
export interface Failure {
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  /** Name of the listener that could not be opened. */
  readonly listener?: string;
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message, stack } = error;
  const { code, listener } = error as { code?: unknown; listener?: unknown };
  return {
    message,
    ...(stack !== undefined && { stack }),
    ...(typeof code === 'string' && { code }),
    ...(typeof listener === 'string' && { listener }),
  };
}
