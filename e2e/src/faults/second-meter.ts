import { ready } from '../support/four-processes.ts';
import { freePorts } from '../support/ports.ts';
import { startProcess, type TestProcess } from '../support/processes.ts';

export interface SecondMeter {
  pid(): number;
  kill(): Promise<void>;
  recover(): Promise<void>;
  stop(): Promise<void>;
}

/** Another billing meter on the same database and event log, as an operator runs two for the failover. */
export async function startSecondMeter(environment: Readonly<Record<string, string>>): Promise<SecondMeter> {
  const { BILLING_API_PORT, BILLING_STATUS_PORT, BILLING_MANAGEMENT_PORT } = await freePorts();
  let meter: TestProcess;
  const start = async (): Promise<void> => {
    meter = startProcess('apps/billing-meter/dist/main.js', {
      ...environment,
      KAKUNIN_BILLING_API_PORT: `${BILLING_API_PORT}`,
      KAKUNIN_BILLING_STATUS_PORT: `${BILLING_STATUS_PORT}`,
      KAKUNIN_BILLING_MANAGEMENT_PORT: `${BILLING_MANAGEMENT_PORT}`,
    });
    await ready(meter, BILLING_MANAGEMENT_PORT);
  };
  await start();
  return {
    pid: () => meter.pid,
    kill: async () => void (await meter.stop('SIGKILL')),
    recover: start,
    stop: async () => void (await meter.stop()),
  };
}
