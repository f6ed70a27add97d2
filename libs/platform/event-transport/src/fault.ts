/** Codes of faults that pass: of the ports, of Node's sockets, and of PostgreSQL through pg and Prisma. */
const TRANSIENT = [
  /^(unavailable|database_unavailable|database_busy|store_unavailable|store_full)$/,
  /^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/,
  // SQLSTATE: 08 connection, 25006 read only (a standby that is about to take over), 40001 serialization, 40P01 deadlock,
  // 53 out of resources, 55P03 lock, 57 operator's intervention, 58 system.
  /^(08\w{3}|25006|40001|40P01|53\w{3}|55P03|57\w{3}|58\w{3})$/,
  /^P(1001|1002|1008|1017|2024|2028|2034)$/,
];

/** pg gives no code when a connection breaks under a query. */
const BROKEN_CONNECTION =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/;

/** What an error is called in log lines, labels and header: its code, else its name; never its text, which may quote an event. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** Whether another try may succeed with the very same event: then it is tried for as long as it takes. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if (TRANSIENT.some((pattern) => pattern.test(code)) || BROKEN_CONNECTION.test(error.message)) return true;
  return isTransient(error.cause);
}
