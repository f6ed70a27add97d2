/** Injection tokens of what every service gets from the runtime. */
export const CONFIG = Symbol('config');
/** A `Clock` of `@kakunin/calendar`. */
export const CLOCK = Symbol('clock');
/** A pino `Logger`, bound to the service's name. */
export const LOGGER = Symbol('logger');
/** The prom-client `Registry` of this service; several services in one process keep theirs apart. */
export const METRICS = Symbol('metrics');
/** The `Health` behind `/readyz`. */
export const HEALTH = Symbol('health');
/** The `EventLog` that the app chose. */
export const EVENT_LOG = Symbol('event-log');
