// Preload (`node --import`): a responder whose index hears of revocations five seconds late. Large batches, which are the
// import before the load, come as they do.
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';

const LATE_MS = 5_000;
const MOST_EVENTS = 50;

if (isMainThread && process.argv[1]?.includes('apps/ocsp-responder/')) {
  const { default: pg } = await import('pg');
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function late(text, values, ...rest) {
    const asked = query.call(this, text, values, ...rest);
    const isRead =
      typeof text === 'string' && text.includes('FROM event_log_event') && values?.[0] === 'certificate-events';
    if (!isRead) return asked;
    return asked.then(async (result) => {
      if (result.rows.length > 0 && result.rows.length <= MOST_EVENTS) await sleep(LATE_MS);
      return result;
    });
  };
}
