import type { DynamicModule } from '@nestjs/common';
import { DirectoryObjectStore } from './directory-object-store.ts';

/** An `ObjectStore` of `@kakunin/publication`. */
export const OBJECT_STORE = Symbol('object-store');

/** Provides the store that the configuration names to the whole service. */
export class ObjectStoreModule {
  static register({ directory }: { readonly directory: string }): DynamicModule {
    const store = { provide: OBJECT_STORE, useFactory: () => DirectoryObjectStore.at(directory) };
    return { module: ObjectStoreModule, global: true, providers: [store], exports: [OBJECT_STORE] };
  }
}
