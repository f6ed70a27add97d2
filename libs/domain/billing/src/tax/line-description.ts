import type { LineKind, StatementLine } from '../statements/statement-line.ts';

interface Text {
  readonly ja: string;
  readonly en: string;
}

const KINDS: Readonly<Record<LineKind, Text>> = {
  usage: { ja: '失効情報の確認', en: 'Certificate status checks' },
  pool_saving: { ja: '乗合いによる値引き', en: 'Pool saving' },
  minimum: { ja: '月額最低料金との差額', en: 'Difference to the monthly minimum' },
  cap: { ja: '月額上限料金との差額', en: 'Difference to the monthly cap' },
};

const CODES: Readonly<Record<string, Text>> = {
  signature: { ja: '署名用', en: 'signature' },
  'user-authentication': { ja: '利用者証明用', en: 'user authentication' },
  card: { ja: 'カード', en: 'card' },
  smartphone: { ja: 'スマートフォン', en: 'smartphone' },
  ocsp: { ja: 'OCSP', en: 'OCSP' },
  crl: { ja: 'CRL', en: 'CRL' },
  signature_verification: { ja: '署名の検証', en: 'signature verification' },
  liveness_check: { ja: '有効性のみの確認', en: 'liveness check' },
};

/** What a line is for, as an invoice has to say it. Service provider, prices and amounts have places of their own. */
export function describeLine(line: StatementLine): Text {
  const { kind, certificateClass, carrier, channel, purpose, tier, usagePeriod } = line;
  const codes = [certificateClass, carrier, channel, purpose].flatMap((code) => (code && CODES[code]) || []);
  const [year, month] = usagePeriod.split('-').map(Number);
  const ja = [...codes.map((code) => code.ja), ...(tier ? [`第${tier}段階`] : []), `${year}年${month}月分`];
  const en = [...codes.map((code) => code.en), ...(tier ? [`tier ${tier}`] : []), usagePeriod];
  return { ja: `${KINDS[kind].ja}（${ja.join('・')}）`, en: `${KINDS[kind].en} (${en.join(', ')})` };
}
