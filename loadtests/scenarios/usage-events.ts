import http from 'k6/http';
import { here } from './here.ts';
import { noteAsked, noteHttpFailure, noteReported, noteWrong } from './measured.ts';
import { plan } from './plan.ts';

/** Events of a batch: what a platform provider that checks against CRLs itself reports every few seconds. */
const EVENTS_A_BATCH = 100;

/** A batch of CloudEvents over mutual TLS; its ids are of this run and never come again. */
export function usageEvents(): void {
  const batch = here().iterationInTest;
  const { serviceProviders } = plan.caller;
  const events = Array.from({ length: EVENTS_A_BATCH }, (_, index) => ({
    specversion: '1.0',
    type: 'jp.kakunin.usage.v1',
    source: `/campaign/${plan.campaign}`,
    id: `${plan.run}-${batch}-${index}`,
    time: new Date().toISOString(),
    data: {
      serviceProvider: serviceProviders[index % serviceProviders.length],
      authorityId: plan.authorities[0]!.authorityId,
      certificateClass: 'signature',
      carrier: 'card',
      channel: 'crl',
      purpose: 'signature_verification',
      outcome: 'good',
    },
  }));
  const headers = { 'content-type': 'application/cloudevents-batch+json' };
  const response = http.post(`${plan.billingUrl}/usage-events`, JSON.stringify(events), {
    headers,
    responseType: 'text',
  });
  noteAsked();
  if (response.status !== 200) return noteHttpFailure(response.status);
  const { accepted } = response.json() as { accepted: number };
  noteReported(accepted);
  if (accepted !== EVENTS_A_BATCH) noteWrong('usage');
}
