import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloudEvent } from '../testing/cloud-events.ts';
import { jst } from '../testing/usage-events.ts';
import { readReportedUsage, type ReportedUsage, type ReportingRules } from './reported-usage.ts';
import { UsageEventError } from './usage-event-error.ts';

const NOW = jst('2026-11-22T12:00:00');
const rules: ReportingRules = {
  tenant: 'pf-a',
  now: NOW,
  maxAgeDays: 400,
  directory: { standsBehind: (serviceProvider, tenant) => serviceProvider === 'sp-a' && tenant === 'pf-a' },
};

const codeOf = (value: unknown, as = rules): string => {
  const read = readReportedUsage(value, as);
  if (read instanceof UsageEventError) return read.code;
  return read.refusal?.code ?? 'read';
};
const read = (value: unknown, as = rules): ReportedUsage => {
  const reported = readReportedUsage(value, as);
  if (reported instanceof UsageEventError) throw reported;
  return reported;
};

/** The example of docs/reference/usage-events.md. */
function documented(): unknown {
  const file = join(import.meta.dirname, '../../../../../docs/reference/usage-events.md');
  return JSON.parse(/```json\n([\s\S]*?)```/.exec(readFileSync(file, 'utf8'))![1]!);
}

describe('a reported event', () => {
  it('is as the reference shows it', () => {
    expect(read(documented()).event.data.certificateKey).toBeDefined();
  });

  it('is read with its instant', () => {
    const { time, event } = read(cloudEvent({ time: '2026-11-22T12:00:00.123456+09:00' }));
    expect(time).toBe(NOW + 123);
    expect(event.data.serviceProvider).toBe('sp-a');
  });

  it('may be five minutes ahead and as old as configured, and no more', () => {
    const at = (instant: number): string => codeOf(cloudEvent({ time: new Date(instant).toISOString() }));
    expect([at(NOW + 300_000), at(NOW + 300_001)]).toEqual(['read', 'invalid_usage_event']);
    expect([at(NOW - 400 * 86_400_000), at(NOW - 400 * 86_400_000 - 1)]).toEqual(['read', 'invalid_usage_event']);
  });

  it('is of a service provider of the tenant, or of the tenant itself', () => {
    const of = (serviceProvider: string, tenant = 'pf-a'): string =>
      codeOf(cloudEvent({}, { serviceProvider }), { ...rules, tenant });
    expect(of('')).toBe('read');
    expect(of('sp-b')).toBe('foreign_service_provider');
    expect(of('sp-a', 'pf-b')).toBe('foreign_service_provider');
  });

  it.each([
    ['no object', 'text'],
    ['a list', [cloudEvent()]],
    ['of another version', cloudEvent({ specversion: '0.3' })],
    ['of another type', cloudEvent({ type: 'com.example' })],
    ['without id', cloudEvent({ id: undefined })],
    ['with an empty source', cloudEvent({ source: '' })],
    ['with a huge id', cloudEvent({ id: 'x'.repeat(129) })],
    ['with a control character', cloudEvent({ id: 'a\0b' })],
    ['with half a character', cloudEvent({ id: '\ud800' })],
    ['with a number for an id', cloudEvent({ id: 7 })],
    ['with a time of no zone', cloudEvent({ time: '2026-11-22T12:00:00' })],
    ['with a day that is not there', cloudEvent({ time: '2026-02-30T12:00:00Z' })],
    ['with an extension', cloudEvent({ subject: '1234' })],
    ['with a serial number', cloudEvent({}, { serialNumber: '1234' })],
    ['with another outcome', cloudEvent({}, { outcome: 'tryLater' })],
    ['with a service provider that is no code', cloudEvent({}, { serviceProvider: 'SP A' })],
    ['with a long key', cloudEvent({}, { certificateKey: 'k'.repeat(65) })],
    ['with data that is text', cloudEvent({ data: '{}' })],
  ])('is refused %s, and nothing of it is repeated', (_what, value) => {
    const refusal = readReportedUsage(value, rules);
    expect(refusal).toMatchObject({ code: 'invalid_usage_event' });
    expect((refusal as Error).message).not.toMatch(/1234|SP A|tryLater|0\.3/);
  });

  it('never throws, whatever it is', () => {
    fc.assert(fc.property(fc.anything(), (value) => codeOf(value) === 'invalid_usage_event'));
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, name) => void codeOf({ ...cloudEvent(), [name]: value })),
    );
  });
});

describe('its hashes', () => {
  it('know an event again that is written otherwise', () => {
    const { data, ...attributes } = cloudEvent() as { data: Record<string, string> };
    const turned = { data: Object.fromEntries(Object.entries(data).toReversed()), ...attributes };
    const utc = { ...turned, time: '2026-11-15T03:00:00.000000Z', datacontenttype: 'application/json' };
    expect(read(utc).key).toEqual(read(cloudEvent()).key);
    expect(read(utc).sha256).toEqual(read(cloudEvent()).sha256);
  });

  it('differ where tenant, source or id do', () => {
    const keys = [
      read(cloudEvent()),
      read(cloudEvent({ id: '2' })),
      read(cloudEvent({ source: '/b' })),
      read(cloudEvent({ source: '/a"', id: '1' })),
      read(cloudEvent({}, { serviceProvider: '' }), { ...rules, tenant: 'pf-b' }),
    ].map(({ key }) => key.toString('hex'));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('differ in whatever the event says', () => {
    const changed = [
      { time: '2026-11-15T12:00:00.001+09:00' },
      { data: { outcome: 'revoked' } },
      { data: { carrier: 'smartphone' } },
      { data: { certificateKey: 'k' } },
      { data: { serviceProvider: '' } },
    ].map(({ data = {}, ...attributes }) => read(cloudEvent(attributes, data)));
    const sums = [read(cloudEvent()), ...changed].map(({ sha256 }) => sha256.toString('hex'));
    expect(new Set(sums).size).toBe(sums.length);
    expect(new Set(changed.map(({ key }) => key.toString('hex'))).size).toBe(1);
  });
});
