export * from './certificate-event.ts';
export * from './certificates-error.ts';
export * from './csv.ts';
export {
  type Carrier,
  carrierSchema,
  type CertificateRecord,
  holderSchema,
  type ParsedLine,
  type Predecessor,
  predecessorSchema,
} from './import-record.ts';
export * from './index-txt.ts';
export * from './life-cycle.ts';
export * from './revocation-reason.ts';
export * from './serial-number.ts';
export * from './text-lines.ts';
