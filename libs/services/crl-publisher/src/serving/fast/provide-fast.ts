import type { Clock } from '@kakunin/calendar';
import { CLOCK } from '@kakunin/runtime';
import type { Provider } from '@nestjs/common';
import type { CrlPublisherConfig } from '../../config.ts';
import { PublishedCrls } from '../../published-crls.ts';
import { ServedCrls } from '../served-crls.ts';
import { FastCrls } from './fast-crls.ts';
import { HotFiles } from './hot-files.ts';

const MEBIBYTE = 1024 * 1024;

export const provideFastCrls = ({ servingMemoryMebibytes }: CrlPublisherConfig): Provider => ({
  provide: FastCrls,
  inject: [ServedCrls, PublishedCrls, CLOCK],
  useFactory: (served: ServedCrls, published: PublishedCrls, clock: Clock) =>
    new FastCrls({ served, published, clock, files: new HotFiles(servingMemoryMebibytes * MEBIBYTE) }),
});
