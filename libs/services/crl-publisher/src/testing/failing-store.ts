import { ObjectError, type ObjectStore, type StagedObject } from '@kakunin/objects';

/** What a store is asked to change, and what for. */
export type Change = 'stage' | 'publish' | 'put' | 'point';

/**
 * A store that asks before each change, and does it unless that throws; what was begun may be half done then, as with a process
 * that dies. Reading goes on.
 */
export const failingStore = (store: ObjectStore, before: (change: Change, key: string) => void): ObjectStore => ({
  stage: async (content) => {
    before('stage', '');
    return failingStage(await store.stage(content), before);
  },
  put: async (key, octets) => {
    before('put', key);
    return store.put(key, octets);
  },
  point: async (pointer, key, expected) => {
    before('point', pointer);
    return store.point(pointer, key, expected);
  },
  open: (key) => store.open(key),
  target: (pointer) => store.target(pointer),
  list: (prefix, after) => store.list(prefix, after),
  remove: (...keys) => store.remove(...keys),
});

const failingStage = (staged: StagedObject, before: (change: Change, key: string) => void): StagedObject => ({
  ...staged,
  publish: async (key) => {
    before('publish', key);
    await staged.publish(key);
  },
});

export const diskFull = (): ObjectError => new ObjectError('store_full', 'There is no space left in the store (test).');
