import { join } from 'node:path';
import { CallersModule, RELYING_PARTIES } from '@kakunin/callers';
import type { Clock } from '@kakunin/calendar';
import type { RelyingPartyDirectory } from '@kakunin/relying-parties';
import { CLOCK, CONFIG, HEALTH, LOGGER, METRICS } from '@kakunin/runtime';
import type { Health } from '@kakunin/runtime';
import { StatusFeed, StatusFeedModule } from '@kakunin/status-feed';
import type { UsageJournal } from '@kakunin/usage';
import { USAGE_JOURNAL, UsageJournalModule } from '@kakunin/usage-journal';
import { Inject } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown, Provider } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { Authorities } from './answering/authorities.ts';
import { CallerIdentification } from './answering/caller.ts';
import { FeedStatusSource } from './answering/feed-status-source.ts';
import { ObservedResponder } from './answering/observed-responder.ts';
import { Responder } from './answering/responder.ts';
import { STATUS_SOURCE } from './answering/status-source.ts';
import type { StatusSource } from './answering/status-source.ts';
import type { OcspConfig } from './config.ts';
import { OcspController } from './http/ocsp.controller.ts';
import { OcspRequestBody } from './http/request-body.ts';
import { StatusDataController } from './http/status-data.controller.ts';
import { CertificateDigest } from './metering/certificate-digest.ts';
import { UsageRecorder } from './metering/usage-recorder.ts';
import { OcspMetrics } from './metrics.ts';
import type { Answers } from './signing/answers.ts';
import { DEFAULT_POLICY } from './signing/authority-policy.ts';
import { CachedAnswers } from './signing/cached-answers.ts';
import { LiveAnswers } from './signing/live-answers.ts';
import { ResponderSigners } from './signing/responder-signers.ts';

const ANSWERS = Symbol('answers');

const SIGNING: readonly Provider[] = [
  {
    provide: ResponderSigners,
    useFactory: (config: OcspConfig, source: StatusSource, clock: Clock, log: Logger) => {
      const { signersDirectory: directory, neverIssued, answerValiditySeconds } = config;
      const defaults = { ...DEFAULT_POLICY, neverIssued, answerValiditySeconds };
      return ResponderSigners.open({ directory, source, defaults, clock, log });
    },
    inject: [CONFIG, STATUS_SOURCE, CLOCK, LOGGER],
  },
  {
    provide: ANSWERS,
    useFactory: (config: OcspConfig, metrics: OcspMetrics): Answers => {
      const live = new LiveAnswers({
        validity: config.answerValiditySeconds * 1000,
        neverIssued: config.neverIssued,
        onSigned: (seconds) => metrics.signed(seconds),
      });
      return new CachedAnswers(live, { capacity: config.cachedAnswers, maxAge: config.cachedAnswerSeconds * 1000 });
    },
    inject: [CONFIG, OcspMetrics],
  },
];

const METERING: readonly Provider[] = [
  {
    provide: CertificateDigest,
    useFactory: ({ dataDirectory }: OcspConfig) =>
      CertificateDigest.fromKeyFile(join(dataDirectory, 'certificate-digest.key')),
    inject: [CONFIG],
  },
  {
    provide: UsageRecorder,
    useFactory: (journal: UsageJournal, digest: CertificateDigest) => new UsageRecorder(journal, digest),
    inject: [USAGE_JOURNAL, CertificateDigest],
  },
  { provide: OcspMetrics, useFactory: (registry: Registry) => new OcspMetrics(registry), inject: [METRICS] },
];

const ANSWERING: readonly Provider[] = [
  { provide: STATUS_SOURCE, useFactory: (feed: StatusFeed) => new FeedStatusSource(feed), inject: [StatusFeed] },
  {
    provide: CallerIdentification,
    useFactory: (directory: RelyingPartyDirectory, { plainCaller }: OcspConfig) =>
      new CallerIdentification(directory, plainCaller),
    inject: [RELYING_PARTIES, CONFIG],
  },
  {
    provide: Authorities,
    useFactory: (source: StatusSource, { statusMaxAgeSeconds }: OcspConfig) =>
      new Authorities(source, statusMaxAgeSeconds * 1000),
    inject: [STATUS_SOURCE, CONFIG],
  },
  {
    provide: Responder,
    useFactory: (
      clock: Clock,
      callers: CallerIdentification,
      authorities: Authorities,
      signers: ResponderSigners,
      answers: Answers,
      recorder: UsageRecorder,
    ) => new Responder({ clock, callers, authorities, signers, answers, recorder }),
    inject: [CLOCK, CallerIdentification, Authorities, ResponderSigners, ANSWERS, UsageRecorder],
  },
  {
    provide: ObservedResponder,
    useFactory: (responder: Responder, metrics: OcspMetrics, logger: Logger) =>
      new ObservedResponder(responder, metrics, logger),
    inject: [Responder, OcspMetrics, LOGGER],
  },
];

/** The responder: routes, the steps behind them, and what they rest on. */
export class OcspResponderModule implements OnApplicationShutdown {
  constructor(
    @Inject(ResponderSigners) private readonly signers: ResponderSigners,
    @Inject(HEALTH) health: Health,
  ) {
    health.register('signers', () => signers.health());
  }

  async onApplicationShutdown(): Promise<void> {
    await this.signers.close();
  }

  static register(config: OcspConfig): DynamicModule {
    return {
      module: OcspResponderModule,
      imports: [
        CallersModule.register(),
        StatusFeedModule.register({
          consumer: 'ocsp-responder',
          snapshotDirectory: join(config.dataDirectory, 'status'),
          maxAgeMilliseconds: config.statusMaxAgeSeconds * 1000,
        }),
        UsageJournalModule.register({ directory: join(config.dataDirectory, 'journal') }),
      ],
      controllers: [OcspController, StatusDataController],
      providers: [...ANSWERING, ...SIGNING, ...METERING, OcspRequestBody],
    };
  }
}
