import { RELYING_PARTIES } from '@kakunin/callers';
import { DigestKeyDirectory } from '@kakunin/digest-keys';
import type { Clock } from '@kakunin/calendar';
import type { RelyingPartyDirectory } from '@kakunin/relying-parties';
import { CLOCK, CONFIG, LOGGER, systemClock } from '@kakunin/runtime';
import { StatusFeed } from '@kakunin/status-feed';
import { JournalDirectories } from '@kakunin/usage-journal';
import type { Provider } from '@nestjs/common';
import type { Logger } from 'pino';
import type { OcspConfig } from '../config.ts';
import { openDigestKeys } from './digest-key-upkeep.ts';
import { ClockFollower } from './clock-follower.ts';
import { WorkerPool } from './worker-pool.ts';

/** What a pool is given that is no part of the service. */
abstract class PoolContext {
  abstract readonly config: OcspConfig;
  /** Of a `SharedClock`. */
  abstract readonly clock: SharedArrayBuffer;
  abstract readonly logger: Logger;
}

/** The pool, over what the main thread has. */
export const POOL: readonly Provider[] = [
  {
    provide: ClockFollower,
    useFactory: (clock: Clock) => new ClockFollower(clock === systemClock ? undefined : clock),
    inject: [CLOCK],
  },
  {
    provide: DigestKeyDirectory,
    useFactory: (config: OcspConfig, clock: Clock, logger: Logger) => openDigestKeys(config, { clock, logger }),
    inject: [CONFIG, CLOCK, LOGGER],
  },
  {
    provide: PoolContext,
    useFactory: (config: OcspConfig, { memory: clock }: ClockFollower, logger: Logger): PoolContext => {
      return { config, clock, logger };
    },
    inject: [CONFIG, ClockFollower, LOGGER],
  },
  {
    provide: WorkerPool,
    useFactory: (
      { config, clock, logger }: PoolContext,
      feed: StatusFeed,
      directory: RelyingPartyDirectory,
      journals: JournalDirectories,
      digestKeys: DigestKeyDirectory,
    ) => new WorkerPool({ config, feed, directory, journals, clock, digestKeys, logger }),
    inject: [PoolContext, StatusFeed, RELYING_PARTIES, JournalDirectories, DigestKeyDirectory],
  },
];
