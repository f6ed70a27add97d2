import 'reflect-metadata';
import { openEventLog } from '@kakunin/event-log-adapters';
import { linkageRegistry } from '@kakunin/linkage-registry';
import { runService } from '@kakunin/runtime';

await runService(linkageRegistry, { openEventLog });
