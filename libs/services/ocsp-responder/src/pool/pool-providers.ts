import { join } from 'node:path';
import { RELYING_PARTIES } from '@kakunin/callers';
import type { Clock } from '@kakunin/calendar';
import type { RelyingPartyDirectory } from '@kakunin/relying-parties';
import { CLOCK, CONFIG, LOGGER, systemClock } from '@kakunin/runtime';
import { StatusFeed } from '@kakunin/status-feed';
import { JournalDirectories } from '@kakunin/usage-journal';
import type { Provider } from '@nestjs/common';
import type { Logger } from 'pino';
import type { OcspConfig } from '../config.ts';
import { certificateDigestKey } from '../metering/certificate-digest-key.ts';
import { ClockFollower } from './clock-follower.ts';
import { WorkerPool } from './worker-pool.ts';

/** The pool, over what the main thread has. */
export const POOL: readonly Provider[] = [
  {
    provide: ClockFollower,
    useFactory: (clock: Clock) => new ClockFollower(clock === systemClock ? undefined : clock),
    inject: [CLOCK],
  },
  {
    provide: WorkerPool,
    useFactory: (
      config: OcspConfig,
      feed: StatusFeed,
      directory: RelyingPartyDirectory,
      journals: JournalDirectories,
      { memory: clock }: ClockFollower,
      logger: Logger,
    ) => {
      const key = certificateDigestKey(join(config.dataDirectory, 'certificate-digest.key'));
      return new WorkerPool({ config, feed, directory, journals, clock, logger, certificateDigestKey: key });
    },
    inject: [CONFIG, StatusFeed, RELYING_PARTIES, JournalDirectories, ClockFollower, LOGGER],
  },
];
