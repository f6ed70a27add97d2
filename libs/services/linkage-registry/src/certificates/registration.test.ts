import type { CertificateRecord, CertificateStatus } from '@kakunin/certificates';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORGOTTEN } from '../persons/forgotten.ts';
import { authority, persons, vault } from '../testing/some-authority.ts';
import { CertificateDrafts } from './certificate-draft.ts';
import { nameRecord } from './named-record.ts';
import { Registration } from './registration.ts';

const NOW = 1_790_000_000_000;

function registration(certHash = false, partitioned = false) {
  const drafts = new CertificateDrafts();
  const made = new Registration({ drafts, persons, certHash, partitioned, now: NOW });
  const take = (record: Partial<CertificateRecord>) =>
    made.take(nameRecord(vault, authority, { serialNumber: '1', notAfter: NOW, ...record }));
  return { made, drafts, take };
}
const held: CertificateStatus = { status: 'revoked', revocationDate: NOW, reason: 'certificateHold' };

describe('Registration', () => {
  it('takes a list whose later lines build on earlier ones', () => {
    const { made, take } = registration();
    expect(take({ holder: 'a' })).toBe('imported');
    expect(take({ serialNumber: '2', predecessor: { serialNumber: '1' } })).toBe('imported');
    expect([...made.created].map(({ personId }) => personId)).toEqual(['a', 'a']);
    expect(made.successions).toHaveLength(1);
  });

  it('refuses a certificate that would come from itself', () => {
    const { made, take } = registration();
    take({});
    take({ serialNumber: '2', predecessor: { serialNumber: '1' } });
    take({ serialNumber: '3', predecessor: { serialNumber: '2' } });
    const circle = { serialNumber: '1', predecessor: { serialNumber: '3' } };
    expect(() => take(circle)).toThrow(expect.objectContaining({ code: 'succession_circular' }));
    expect(made.successions).toHaveLength(2);
  });

  it('links nothing to the certificate of who was erased, and nothing through it', () => {
    const { made, take } = registration();
    take({ holder: 'a' });
    const [forgotten] = made.created;
    forgotten!.personId = FORGOTTEN;
    take({ serialNumber: '2', holder: 'a' });
    expect(take({ holder: 'b', predecessor: { serialNumber: '2' } })).toBe('unchanged');
    expect(take({ status: held })).toBe('imported');
    take({ serialNumber: '3', predecessor: { serialNumber: '1' } });
    take({ serialNumber: '4', holder: 'b', predecessor: { serialNumber: '1' } });
    expect([...made.created].map(({ personId }) => personId)).toEqual([FORGOTTEN, 'a', undefined, 'b']);
    expect(made.successions).toEqual([]);
  });

  it('wants the partition of a new certificate where its authority has partitions, and never another one', () => {
    const { made, take } = registration(false, true);
    expect(() => take({})).toThrow(expect.objectContaining({ code: 'partition_missing' }));
    expect([take({ partition: '13101' }), take({}), take({ partition: '13101' })]).toEqual([
      'imported',
      'unchanged',
      'unchanged',
    ]);
    expect(() => take({ partition: '13102' })).toThrow(expect.objectContaining({ code: 'certificate_differs' }));
    expect([...made.created].map(({ partition }) => partition)).toEqual(['13101']);
  });

  it('keeps no partition where its authority has none', () => {
    const { made, take } = registration();
    take({ partition: '13101' });
    expect([...made.created].map(({ partition }) => partition)).toEqual([undefined]);
  });

  it('adds later what was not known at first', () => {
    const { made, take } = registration();
    expect([take({}), take({ holder: 'a' }), take({ fingerprint: 'ab'.repeat(32) }), take({ holder: 'a' })]).toEqual([
      'imported',
      'imported',
      'imported',
      'unchanged',
    ]);
    expect(made.announced.size).toBe(1);
  });

  it('announces a fingerprint where CertHash is wanted, however late it comes, and whatever follows', () => {
    const fingerprint = 'ab'.repeat(32);
    for (const records of [
      [{ fingerprint }],
      [{}, { fingerprint }],
      [{ fingerprint, status: held }, { status: { status: 'good' as const } }],
    ]) {
      const [wanted, unwanted] = [registration(true), registration()];
      for (const record of records) for (const { take } of [wanted, unwanted]) take(record);
      expect([...wanted.made.announced.values()]).toEqual([{ serialNumber: '1', fingerprint }]);
      expect([...unwanted.made.announced.values()]).toEqual([{ serialNumber: '1', fingerprint: undefined }]);
    }
  });

  it('announces a fingerprint that comes after its certificate was announced', () => {
    const { made, take } = registration(true);
    take({});
    made.announced.clear();
    take({ fingerprint: 'ab'.repeat(32) });
    expect(made.announced.size).toBe(1);
  });

  it('leaves the status alone where none is stated', () => {
    const { drafts, take } = registration();
    take({ status: held });
    expect(take({})).toBe('unchanged');
    expect(drafts.all()[0]!.status).toEqual(held);
    expect(take({ status: { status: 'good' } })).toBe('imported');
  });

  it.each<[string, Partial<CertificateRecord>, string]>([
    ['another end', { notAfter: NOW + 1_000 }, 'certificate_differs'],
    ['another carrier', { carrier: 'smartphone' }, 'certificate_differs'],
    ['another fingerprint', { fingerprint: 'cd'.repeat(32) }, 'certificate_differs'],
    ['another person', { holder: 'b' }, 'person_differs'],
    ['itself as predecessor', { predecessor: { serialNumber: '1' } }, 'predecessor_unknown'],
    [
      'a predecessor of another authority',
      { predecessor: { authorityId: 'user-g0', serialNumber: '1' } },
      'predecessor_unknown',
    ],
  ])('refuses %s, and nothing of the record stays', (_, change, code) => {
    const { drafts, take } = registration();
    take({ holder: 'a', fingerprint: 'ab'.repeat(32) });
    const before = structuredClone(drafts.all());
    expect(() => take({ ...change, status: held })).toThrow(expect.objectContaining({ code }));
    expect(structuredClone(drafts.all())).toEqual(before);
  });

  it('announces a certificate exactly when its state is new', () => {
    const status = fc.constantFrom<CertificateStatus>({ status: 'good' }, held, { ...held, reason: 'superseded' });
    fc.assert(
      fc.property(fc.array(status, { minLength: 1 }), (statuses) => {
        const { made, drafts, take } = registration();
        for (const each of statuses) {
          const before = drafts.all()[0]?.status;
          made.announced.clear();
          try {
            take({ status: each });
          } catch (error) {
            expect(error).toMatchObject({ code: 'finally_revoked' });
          }
          expect(made.announced.size === 1).toBe(drafts.all()[0]!.status !== before);
        }
      }),
    );
  });
});
