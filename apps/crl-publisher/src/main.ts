import 'reflect-metadata';
import { crlPublisher } from '@kakunin/crl-publisher';
import { openEventLog } from '@kakunin/event-log-adapters';
import { runService } from '@kakunin/runtime';
import { withStatusPage } from '@kakunin/status-page';

// The public page stands beside the CRLs, on the same listener.
await runService(withStatusPage(crlPublisher), { openEventLog });
