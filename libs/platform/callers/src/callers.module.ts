import { RelyingPartyDirectory } from '@kakunin/relying-parties';
import { provideProblems } from '@kakunin/runtime';
import type { DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { CallTable } from './allow.ts';
import { CALL_TABLE, CallerGuard } from './caller.guard.ts';
import { operatorOf } from './operator.ts';
import { RELYING_PARTIES, RelyingPartyFeed } from './relying-party-feed.ts';

export { RELYING_PARTIES } from './relying-party-feed.ts';

export interface CallersOptions {
  /** PEM file with the certificates of the operator who registers the first relying parties. */
  readonly operatorCertificateFile?: string | undefined;
  /** Of a service that names its calls (`AllowNamedCall`). */
  readonly callTable?: CallTable | undefined;
}

const CALLER_PROBLEMS = {
  not_ready: { status: 503, title: 'The registrations are still being read' },
  client_certificate_missing: { status: 401, title: 'A client certificate is needed' },
  client_certificate_unknown: { status: 403, title: 'The client certificate is not registered' },
  client_certificate_expired: { status: 403, title: 'The client certificate is not valid now' },
  client_certificate_revoked: { status: 403, title: 'The client certificate was withdrawn' },
  forbidden: { status: 403, title: 'Not for this role' },
};

/** Knows who calls: the directory of relying parties, and the guard that closes what is not opened by a mark. */
export class CallersModule {
  static register({ operatorCertificateFile, callTable }: CallersOptions = {}): DynamicModule {
    const directory = new RelyingPartyDirectory();
    if (operatorCertificateFile) directory.put(operatorOf(operatorCertificateFile));
    return {
      module: CallersModule,
      global: true,
      controllers: [RelyingPartyFeed],
      providers: [
        { provide: RELYING_PARTIES, useValue: directory },
        ...(callTable ? [{ provide: CALL_TABLE, useValue: callTable }] : []),
        { provide: APP_GUARD, useClass: CallerGuard },
        provideProblems(CALLER_PROBLEMS),
      ],
      exports: [RELYING_PARTIES],
    };
  }
}
