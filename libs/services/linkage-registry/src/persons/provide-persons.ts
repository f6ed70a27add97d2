import type { Provider } from '@nestjs/common';
import { Erasures } from './erasures.ts';
import { PersonChanges } from './person-changes.ts';
import { PersonDirectory } from './person-reference.ts';
import { PersonStore } from './person-store.ts';
import { PersonTidings } from './person-tidings.ts';

export const PERSON_PROVIDERS: Provider[] = [PersonStore, PersonDirectory, PersonTidings, PersonChanges, Erasures];
