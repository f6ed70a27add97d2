import type { DynamicModule } from '@nestjs/common';
import { openObjectStore } from './open-object-store.ts';

/** An `ObjectStore` of `@kakunin/objects`. */
export const OBJECT_STORE = Symbol('object-store');

/** Provides the store that the configuration names to the whole service. */
export class ObjectStoreModule {
  static register({ url }: { readonly url: string }): DynamicModule {
    const store = { provide: OBJECT_STORE, useFactory: () => openObjectStore(url) };
    return { module: ObjectStoreModule, global: true, providers: [store], exports: [OBJECT_STORE] };
  }
}
