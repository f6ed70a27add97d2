import { InMemoryObjectStore, ledgerStoreContract } from '@kakunin/testing';
import { expect, it } from 'vitest';
import { ObjectLedgerStore } from './object-ledger-store.ts';

ledgerStoreContract('ObjectLedgerStore in memory', () =>
  Promise.resolve(new ObjectLedgerStore(new InMemoryObjectStore(), 'ledgers/pf-a')),
);

it('keeps the ledgers of one store apart', async () => {
  const objects = new InMemoryObjectStore();
  const [one, other] = ['ledgers/pf-a', 'ledgers/pf-b'].map((prefix) => new ObjectLedgerStore(objects, prefix)) as [
    ObjectLedgerStore,
    ObjectLedgerStore,
  ];
  await one.replaceCheckpoint(Buffer.from('a'), undefined);
  expect(await other.read('checkpoint')).toBeUndefined();
  expect(await other.replaceCheckpoint(Buffer.from('b'), undefined)).toBe(true);
  expect(await one.read('checkpoint')).toEqual(Buffer.from('a'));
});

it('throws what the storage throws', async () => {
  const objects = new InMemoryObjectStore();
  const store = new ObjectLedgerStore(objects, 'ledgers/pf-a');
  objects.isAway = true;
  const away = { code: 'store_unavailable' };
  await expect(store.read('checkpoint')).rejects.toMatchObject(away);
  await expect(store.writeImmutable('tile/0/000', Buffer.alloc(1))).rejects.toMatchObject(away);
  await expect(store.replaceCheckpoint(Buffer.alloc(1), undefined)).rejects.toMatchObject(away);
});
