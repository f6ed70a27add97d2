import { InMemoryObjectStore } from './in-memory-object-store.ts';
import { objectStoreContract } from './object-store-contract/object-store-contract.ts';

objectStoreContract('InMemoryObjectStore', {
  empty: async () => {
    const store = new InMemoryObjectStore();
    return [store, async () => store];
  },
  away: async () => {
    const store = new InMemoryObjectStore();
    store.isAway = true;
    return store;
  },
});
