export { billingMeter } from './billing-meter.ts';
