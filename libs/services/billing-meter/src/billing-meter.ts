import type { Listener, Service } from '@kakunin/runtime';
import { BillingMeterModule } from './billing-meter.module.ts';
import { type BillingMeterConfig, billingMeterConfig } from './config.ts';

/** Counts usage exactly once, prices it, and shows it to those whom it concerns. */
export const billingMeter: Service<typeof billingMeterConfig> = {
  name: 'billing-meter',
  config: billingMeterConfig,
  module: (config) => BillingMeterModule.register(config),
  listeners: listenersOf,
};

function listenersOf(config: BillingMeterConfig): readonly Listener[] {
  const tls = { certificateFile: config.apiCertificateFile, keyFile: config.apiKeyFile };
  const api: Listener = { name: 'api', host: config.apiHost, port: config.apiPort, tls };
  if (config.statusPort === undefined) return [api];
  return [api, { name: 'status', host: config.statusHost, port: config.statusPort }];
}
