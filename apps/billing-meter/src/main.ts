import 'reflect-metadata';
import { openEventLog } from '@kakunin/event-log-adapters';
import { billingMeter } from '@kakunin/billing-meter';
import { runService } from '@kakunin/runtime';

await runService(billingMeter, { openEventLog });
