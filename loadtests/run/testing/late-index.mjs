// Preload (`node --import`): a responder whose index hears of revocations five seconds late. Large batches, which are the
// import before the load, come as they do.
import { setTimeout as sleep } from 'node:timers/promises';
import { aroundQueries } from './around-queries.mjs';

const LATE_MS = 5_000;
const MOST_EVENTS = 50;

aroundQueries((query, ...asked) => {
  const [text, values] = asked;
  const result = query(...asked);
  const isRead =
    typeof text === 'string' && text.includes('FROM event_log_event') && values?.[0] === 'certificate-events';
  if (!isRead) return result;
  return result.then(async (read) => {
    if (read.rows.length > 0 && read.rows.length <= MOST_EVENTS) await sleep(LATE_MS);
    return read;
  });
});
