/** What help and the reference show beneath the options, by command. */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  'authority register': ['kakunin authority register signature-g2 --certificate ca.pem --class signature'],
  'certificate revoke': ['kakunin certificate revoke --certificate cert.pem --reason keyCompromise'],
  'certificates import': [
    'kakunin certificates import --authority signature-g2 index.txt',
    'kakunin certificates import --authority signature-g2 --format csv issued.csv --report rejected.ndjson',
  ],
  'relying-party register': [
    'kakunin relying-party register pf-a --name "PF 事業者 A" --kind platform_provider --role platform_provider',
    'kakunin relying-party register sp-a --name "SP 事業者 A" --kind service_provider --platform-provider pf-a',
  ],
  'ocsp query': [
    'kakunin ocsp query --certificate cert.pem --issuer ca.pem',
    'kakunin ocsp query --certificate cert.pem --issuer ca.pem --mtls --service-provider sp-a --receipts receipts.ndjson',
  ],
  'crl verify': ['kakunin crl verify --issuer ca.pem --authority signature-g2 --certificate cert.pem'],
  'crl sync': [
    'kakunin crl sync https://crl.example.jp/crl copy --manifest-key manifest.pub.pem --authority signature-g2=ca.pem',
  ],
  'evidence get': ['kakunin evidence get cert.pem --at 2026-11-01T00:00:00+09:00 -o evidence.zip'],
  identify: ['kakunin identify --certificate cert.pem --key key.pem --service-provider sp-a'],
  'billing export': [
    'kakunin billing export 2026-10',
    'kakunin billing export 2026-10 --format csv > billing-2026-10.csv',
    'kakunin billing export 2026-10 --events --format ndjson > records.ndjson',
  ],
  'billing document': ['kakunin billing document 2026-10 pf-a invoice.pdf > invoice.pdf'],
  'billing simulate': ['kakunin billing simulate 2026-09 2026-10 --fee-resumes 2026-10-01 --chart fee.svg'],
  'billing close': ['kakunin billing close 2026-10 --dry-run', 'kakunin billing close 2026-10'],
  'billing credit-note': [
    'kakunin billing credit-note 2026-10 pf-a --line 3=1200 --reason-ja 訂正 --reason-en Correction --dry-run',
  ],
  'ledger verify': ['kakunin ledger verify --statement 2026-10 --receipts receipts.ndjson --checkpoints checkpoints'],
  'tariff add': [
    'kakunin tariff add ocsp-signature-2027 --class signature --channel ocsp --from 2027-04-01 --unit-price 20 --tax-category non_taxable',
  ],
  'usage show': ['kakunin usage show --from 2026-10-01 --to 2026-11-01 --by day'],
};
