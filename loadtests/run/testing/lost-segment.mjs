// Preload (`node --import`): a responder whose journal loses a segment, once: it believes that the event log has it.
import { isMainThread } from 'node:worker_threads';

/** Of a segment with checks in it. */
const OCTETS = 1_000;

if (isMainThread && process.argv[1]?.includes('apps/ocsp-responder/')) {
  const { default: pg } = await import('pg');
  const { query } = pg.Client.prototype;
  let isLost = false;
  pg.Client.prototype.query = function losing(text, values, ...rest) {
    const isSegment =
      typeof text === 'string' && text.includes('INSERT INTO event_log_event') && values?.[0]?.[0] === 'usage-segments';
    if (isLost || !isSegment || values.at(-1)[0].length < OCTETS) return query.call(this, text, values, ...rest);
    isLost = true;
    return Promise.resolve({ rows: [], rowCount: 0 });
  };
}
