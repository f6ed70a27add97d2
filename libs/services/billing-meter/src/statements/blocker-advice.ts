import type { ClosingBlocker } from '@kakunin/billing';
import { formatJst } from '@kakunin/calendar';

interface Text {
  readonly ja: string;
  readonly en: string;
}

type Advice = { readonly [R in ClosingBlocker['reason']]: (blocker: Extract<ClosingBlocker, { reason: R }>) => Text };

const ADVICE: Advice = {
  month_not_over: ({ endsAt }) => ({
    ja: `${formatJst(endsAt)} まで月が終わりません。その後に締めてください。`,
    en: `The month ends at ${formatJst(endsAt)}. Close it then.`,
  }),
  earlier_month_open: ({ period }) => ({
    ja: `${period} がまだ締まっていません。先に締めてください。`,
    en: `${period} is not closed yet. Close it first.`,
  }),
  producer_incomplete: ({ producer, completeUntil }) => ({
    ja: `記録元 ${producer} の利用が月末まで届いていません（到達: ${reached(completeUntil, '未着')}）。応答サーバーを起動するか、廃止したものなら producers retire で外してください。`,
    en: `Usage of producer ${producer} has not arrived up to the end of the month (it has until: ${reached(completeUntil, 'nothing')}). Start its responder, or take it out of service with "producers retire".`,
  }),
  missing_segments: ({ producer, missingSegments }) => ({
    ja: `記録元 ${producer} のセグメントが ${missingSegments} 件欠けています。docs/runbooks/usage-segments.md に従って探してください。`,
    en: `${missingSegments} segments of producer ${producer} are missing. Look for them (docs/runbooks/usage-segments.md).`,
  }),
  ledger_behind: ({ customer, segments }) => ({
    ja: `${customer} の利用台帳がまだ追いついていません（残り ${segments} 件）。数分待っても減らなければ台帳の警報を確認してください。`,
    en: `The usage ledger of ${customer} is ${segments} segments behind. If it does not catch up within minutes, look at its alert.`,
  }),
  invoice_item_missing: ({ customer, items }) => ({
    ja: `適格請求書の記載事項が足りません（${items.join(', ')}）。${customer ? `${customer} の名称を登録してください。` : '発行者の設定 KAKUNIN_BILLING_ISSUER_… を入れてください。'}`,
    en: `A qualified invoice lacks ${items.join(', ')}. ${customer ? `Register the name of ${customer}.` : "Set the issuer's configuration KAKUNIN_BILLING_ISSUER_…."}`,
  }),
  usage_differs: ({ customer, period, counted, billed }) => ({
    ja: `${customer} の ${period} の集計が食い違っています（記録元別 ${counted} 件、請求明細 ${billed} 件）。billing reconcile ${period} で箇所を確認してください。`,
    en: `Counts of ${customer} for ${period} differ: ${counted} by producer, ${billed} to be billed. "billing reconcile ${period}" shows where.`,
  }),
  not_rated: ({ customer, code, detail }) => ({
    ja: `${customer} の利用を料金にできません（${code}）。料金表を直し、締め処理中なら close --prices-of-now を実行してください: ${detail}`,
    en: `The usage of ${customer} cannot be rated (${code}): ${detail} Is the month closing already, then "close --prices-of-now".`,
  }),
};

const reached = (instant: number | undefined, nothing: string): string =>
  instant === undefined ? nothing : formatJst(instant);

/** What is the matter, and what to do about it: Japanese first. */
export const adviceOn = <B extends ClosingBlocker>(blocker: B): Text =>
  (ADVICE[blocker.reason] as (blocker: ClosingBlocker) => Text)(blocker);
