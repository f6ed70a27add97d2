import { setTimeout as sleep } from 'node:timers/promises';
import { type BillingPeriod, billingPeriodBounds, billingPeriodOf } from '@kakunin/calendar';
import { exchange, readAnswer, ServiceClient } from '@kakunin/service-client';
import { z } from 'zod';
import { CampaignError } from './campaign-error.ts';
import { operatorOf } from './operator.ts';
import type { Target } from './target.ts';

/** Usage of the month before, so that there is something to close. */
const EVENTS = 1_000;
/** A month under load is closed within this time, or it counts as not closed. */
const LIMIT_MS = 90_000;
const INTERVAL_MS = 1_000;

/** What a month's close came to. */
export interface Closing {
  readonly ok: boolean;
  readonly detail: string;
}

const closingSchema = z.object({
  state: z.string(),
  blockers: z.array(z.object({ reason: z.string() })),
  statements: z.array(z.object({ blockers: z.array(z.object({ reason: z.string() })) })),
  totals: z.object({ quantity: z.string() }),
});
type Told = z.infer<typeof closingSchema>;

const monthBefore = (now: number): BillingPeriod =>
  billingPeriodOf(billingPeriodBounds(billingPeriodOf(now)).start - 1);

/**
 * Reports usage of the month before, as a platform provider that checks by itself does.
 * @throws CampaignError when not all of it was taken
 */
export async function reportMonthBefore(target: Target, run: number): Promise<void> {
  const [caller] = target.callers;
  const { certificatePem, keyPem } = caller!;
  const meter = { service: 'billing meter', url: new URL(`${target.billingUrl}/usage-events`) };
  const answer = await exchange({
    ...meter,
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents-batch+json' },
    body: Buffer.from(JSON.stringify(eventsOfMonthBefore(target, run))),
    tls: { ...operatorOf(target.folder).tls, cert: Buffer.from(certificatePem), key: Buffer.from(keyPem) },
  });
  const said = (await readAnswer(meter, answer)).toString();
  const accepted = answer.status === 200 ? (JSON.parse(said) as { accepted: number }).accepted : 0;
  if (accepted !== EVENTS) throw new CampaignError(`The meter took ${accepted} of ${EVENTS} usage events: ${said}`);
}

function eventsOfMonthBefore({ callers, authorities }: Target, run: number): readonly object[] {
  const { serviceProviders } = callers[0]!;
  const { end } = billingPeriodBounds(monthBefore(Date.now()));
  return Array.from({ length: EVENTS }, (_, index) => ({
    specversion: '1.0',
    type: 'jp.kakunin.usage.v1',
    source: '/campaign/month-before',
    id: `${run}-${index}`,
    time: new Date(end - 1 - index * 1_000).toISOString(),
    data: {
      serviceProvider: serviceProviders[index % serviceProviders.length],
      authorityId: authorities[0]!.authorityId,
      certificateClass: 'signature',
      carrier: 'card',
      channel: 'crl',
      purpose: 'signature_verification',
      outcome: 'good',
    },
  }));
}

/** Tries this month, and closes the one before; both while the load runs, hence without a process for each call. */
export async function closeMonth({ billingUrl, folder }: Pick<Target, 'billingUrl' | 'folder'>): Promise<Closing> {
  const meter = new ServiceClient({ service: 'billing meter', url: billingUrl, tls: operatorOf(folder).tls });
  const began = Date.now();
  const seconds = (): string => ((Date.now() - began) / 1_000).toFixed(1);
  const tried = await close(meter, billingPeriodOf(began), true);
  if (!tried) return { ok: false, detail: 'the dry run of this month was not answered' };
  const afterDryRun = seconds();
  const month = monthBefore(began);
  let told: Told | undefined;
  for (; told?.state !== 'closed' && Date.now() - began < LIMIT_MS; await sleep(INTERVAL_MS)) {
    told = (await close(meter, month, false)) ?? told;
  }
  const isWhole = told?.state === 'closed' && Number(told.totals.quantity) === EVENTS;
  const reasons = [...(told?.blockers ?? []), ...(told?.statements.flatMap(({ blockers }) => blockers) ?? [])];
  const waits = [...new Set(reasons.map(({ reason }) => reason))].join(', ');
  const how = `${month}: ${told?.state ?? '–'}, ${told?.totals.quantity ?? '–'} / ${EVENTS}件`;
  const times = `${seconds()} s (試算 dry run ${afterDryRun} s)`;
  const detail = [how, times, ...(waits ? [waits] : [])].join(', ');
  return { ok: isWhole, detail };
}

/** What is in the way stands in the answer. @returns undefined when there was none */
const close = (meter: ServiceClient, month: BillingPeriod, dryRun: boolean): Promise<Told | undefined> =>
  meter.post(`/billing/${month}/close`, { dryRun }, closingSchema).catch(() => undefined);
