import { expect, it } from 'vitest';
import { all, fakeRegistry } from '../testing/fake-registry.ts';
import { readLinkageEvents } from './linkage-events.ts';

const items = [1, 2, 3].map((sequence) => ({ sequence, event: { type: 'person_erased', ppid: `p${sequence}` } }));
/** Two items a page. */
const pageAfter = (path: string) => {
  const after = Number(new URL(path, 'http://registry').searchParams.get('cursor') ?? '0');
  const page = items.filter(({ sequence }) => sequence > after).slice(0, 2);
  return { items: page, next: String(page.at(-1)?.sequence ?? after) };
};

it('reads pages to the end, from the cursor on', async () => {
  const registry = await fakeRegistry(async (path) => ({ json: pageAfter(path) }));
  const read = async (cursor?: string) => {
    const options = { url: registry.url, serviceProvider: 'sp-a', ...(cursor !== undefined && { cursor }) };
    return all(readLinkageEvents(options));
  };
  expect(await read()).toEqual([
    { items: items.slice(0, 2), next: '2' },
    { items: items.slice(2), next: '3' },
  ]);
  expect(registry.seen[0]).toBe('GET /linkage-events?serviceProvider=sp-a&limit=1000');
  expect(await read('2')).toEqual([{ items: items.slice(2), next: '3' }]);
  expect(await read('3')).toEqual([]);
  await registry.close();
});

it('waits for more when it is told to, until it is aborted', async () => {
  let calls = 0;
  const registry = await fakeRegistry(async (path) => ({
    json: ++calls < 3 ? { items: [], next: '0' } : pageAfter(path),
  }));
  const stop = new AbortController();
  const options = { url: registry.url, serviceProvider: 'sp-a', pollMs: 1, signal: stop.signal };
  const read = async () => {
    for await (const { next } of readLinkageEvents(options)) if (next === '3') stop.abort();
  };
  await expect(read()).rejects.toMatchObject({ code: 'aborted' });
  expect(calls).toBeGreaterThanOrEqual(4);
  await registry.close();
});

it('says that events were missed', async () => {
  const registry = await fakeRegistry(async () => ({ status: 410, json: { code: 'events_forgotten' } }));
  const reading = readLinkageEvents({ url: registry.url, serviceProvider: 'sp-a', cursor: '1' }).next();
  await expect(reading).rejects.toMatchObject({ code: 'http_error', httpStatus: 410 });
  await registry.close();
});

it('asks a registry again that has too much to do, within the time for the call', async () => {
  const busy = { status: 503, headers: { 'retry-after': '0' }, json: { code: 'database_busy' } };
  const registry = await fakeRegistry(async (path) => (registry.seen.length < 4 ? busy : { json: pageAfter(path) }));
  const options = { url: registry.url, serviceProvider: 'sp-a' };
  expect((await readLinkageEvents(options).next()).value).toMatchObject({ next: '2' });
  expect(registry.seen).toHaveLength(4);
  const patient = await fakeRegistry(async () => ({ ...busy, headers: { 'retry-after': '60' } }));
  const reading = readLinkageEvents({ ...options, url: patient.url }).next();
  await expect(reading).rejects.toMatchObject({ code: 'http_error', httpStatus: 503 });
  expect(patient.seen).toHaveLength(1);
  await Promise.all([registry.close(), patient.close()]);
});
