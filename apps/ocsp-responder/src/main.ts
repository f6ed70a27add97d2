import 'reflect-metadata';
import { openEventLog } from '@kakunin/event-log-adapters';
import { ocspResponder } from '@kakunin/ocsp-responder';
import { runService } from '@kakunin/runtime';

await runService(ocspResponder, { openEventLog });
