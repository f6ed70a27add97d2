import type { Provider } from '@nestjs/common';
import { ImportStore } from './import.store.ts';
import { Imports } from './imports.ts';
import { ListBodies } from './list-bodies.ts';

export const provideImports = (): Provider[] => [ListBodies, ImportStore, Imports];
