// Preload (`node --import`): a responder whose journal loses a segment, once: it believes that the event log has it.
import { aroundQueries } from './around-queries.mjs';

/** Of a segment with checks in it. */
const OCTETS = 1_000;
let isLost = false;

aroundQueries((query, ...asked) => {
  const [text, values] = asked;
  const isSegment =
    typeof text === 'string' && text.includes('INSERT INTO event_log_event') && values?.[0]?.[0] === 'usage-segments';
  if (isLost || !isSegment || values.at(-1)[0].length < OCTETS) return query(...asked);
  isLost = true;
  return Promise.resolve({ rows: [], rowCount: 0 });
});
