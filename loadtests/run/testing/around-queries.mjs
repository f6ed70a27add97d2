// The responder's bundle holds pg. What a preload wants to do otherwise is put around its `Client.query` as the bundle is read.
import { registerHooks } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const BUNDLE = '/apps/ocsp-responder/dist/main.js';
const QUERY = 'query(config, values, callback) {';
const arounds = [];

/** @param around called with the client's own query, bound, and its arguments */
export function aroundQueries(around) {
  if (isMainThread && process.argv[1]?.includes('apps/ocsp-responder/')) arounds.push(around);
}

globalThis.kakuninAroundQueries = (client, asked) =>
  arounds.reduce(
    (query, around) =>
      (...args) =>
        around(query, ...args),
    client.plainQuery.bind(client),
  )(...asked);

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!isMainThread || !url.endsWith(BUNDLE)) return loaded;
    const source = String(loaded.source);
    if (source.split(QUERY).length !== 2) throw new Error('The bundle of the responder holds no pg, or several.');
    const around = `query(...asked) { return globalThis.kakuninAroundQueries(this, asked); }\nplainQuery${QUERY.slice(5)}`;
    return { ...loaded, source: source.replace(QUERY, () => around) };
  },
});
