import type { Provider } from '@nestjs/common';
import { MappedKeys } from './mapped-keys.ts';
import { PpidMaps } from './ppid-maps.ts';
import { SectorMerges } from './sector-merges.ts';
import { OpenedSectors } from './opened-sectors.ts';
import { Sectors } from './sectors.ts';
import { TranslatedNames } from './translated-names.ts';
import { Translations } from './translations.ts';

export const SECTOR_PROVIDERS: Provider[] = [
  OpenedSectors,
  Sectors,
  SectorMerges,
  MappedKeys,
  PpidMaps,
  TranslatedNames,
  Translations,
];
