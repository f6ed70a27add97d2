import type { Provider, Type } from '@nestjs/common';
import type { LinkageRegistryConfig } from '../config.ts';
import { BaseCertificates } from '../derived-credentials/base-certificates.ts';
import { DerivedCredentialStore } from '../derived-credentials/derived-credential.store.ts';
import { DerivedCredentials } from '../derived-credentials/derived-credentials.ts';
import { DerivedCredentialsController } from '../derived-credentials/derived-credentials.controller.ts';
import { GroundWatch } from '../derived-credentials/ground-watch.ts';
import { Evaluator } from '../matchings/evaluator.ts';
import { MatchingStore } from '../matchings/matching.store.ts';
import { Matchings } from '../matchings/matchings.ts';
import { MatchingsController } from '../matchings/matchings.controller.ts';
import { WebhookCourier } from '../webhooks/webhook-courier.ts';
import { WebhookDeliveryStore } from '../webhooks/webhook-delivery.store.ts';
import { WebhookEndpointStore } from '../webhooks/webhook-endpoint.store.ts';
import { WebhookSender } from '../webhooks/webhook-sender.ts';
import { Webhooks } from '../webhooks/webhooks.ts';
import { WebhooksController } from '../webhooks/webhooks.controller.ts';
import { Addressees } from './addressees.ts';
import { FeedStore } from './feed.store.ts';
import { LinkageEventsController } from './linkage-events.controller.ts';
import { LinkageNews } from './linkage-news.ts';
import { NewsDesk } from './news-desk.ts';
import { NewsMetrics } from './news-metrics.ts';
import { NewsRounds } from './news-rounds.ts';

export const NEWS_CONTROLLERS: readonly Type[] = [
  LinkageEventsController,
  WebhooksController,
  DerivedCredentialsController,
  MatchingsController,
];

/** All that tells service providers, and what they may register to be told of. */
export const provideNews = ({ webhookLoopback }: Pick<LinkageRegistryConfig, 'webhookLoopback'>): Provider[] => [
  LinkageNews,
  Addressees,
  FeedStore,
  NewsDesk,
  NewsRounds,
  NewsMetrics,
  { provide: WebhookSender, useFactory: () => new WebhookSender({ allowLoopback: webhookLoopback }) },
  WebhookEndpointStore,
  WebhookDeliveryStore,
  Webhooks,
  WebhookCourier,
  BaseCertificates,
  DerivedCredentialStore,
  GroundWatch,
  DerivedCredentials,
  Evaluator,
  MatchingStore,
  Matchings,
];
