import type { StatementFinding, StatementVerdict } from '@kakunin/usage-ledger';
import type { FindingList } from './finding-list.ts';

/** Says what was found in the tree, in both languages; what was found too often to be kept is counted. */
export function addTreeFindings(list: FindingList, { findings, counts }: StatementVerdict): void {
  for (const finding of findings) list.add(finding.kind, ...describe(finding));
  for (const [kind, count] of counts) list.counts[kind] = count;
}

function describe(finding: StatementFinding): [ja: string, en: string] {
  switch (finding.kind) {
    case 'total_differs':
      return describeTotal(finding);
    case 'tree_differs':
      return [
        '台帳の記録がチェックポイントと一致しません。',
        "The ledger's leaves do not make the tree that it signs.",
      ];
    case 'statement_tree_differs':
      return [
        `請求書の基になった台帳（${finding.size}件）が、現在の台帳の先頭部分ではありません。`,
        `The tree of ${finding.size} leaves that the statement names is not the beginning of the ledger.`,
      ];
    case 'rewritten':
      return [
        `保管していたチェックポイント（${finding.earlierSize}件）以後に、台帳の過去の記録が書き換えられています。`,
        `The past was rewritten: the checkpoint of ${finding.earlierSize} leaves that was kept is not its beginning.`,
      ];
    case 'size_differs':
      return [
        `台帳の記録は${finding.found}件ですが、チェックポイントは${finding.stated}件としています。`,
        `The ledger has ${finding.found} leaves, its checkpoint says ${finding.stated}.`,
      ];
    case 'unreadable':
      return [`台帳のファイルを読めません: ${finding.message}`, `The ledger cannot be read: ${finding.message}`];
    case 'receipt_without_leaf':
      return [
        `受領票のある確認 ${finding.eventId} が台帳にありません。`,
        `The answer ${finding.eventId} has a receipt, and no leaf.`,
      ];
    default:
      return describeLeaf(finding);
  }
}

function describeTotal({
  total: { period, serviceProvider, quantity },
  found,
}: Extract<StatementFinding, { kind: 'total_differs' }>): [ja: string, en: string] {
  const who = serviceProvider === '' ? '-' : serviceProvider;
  return [
    `${period} ${who}: 請求は${quantity}件、台帳の記録は${found}件です。`,
    `${period} ${who}: the statement bills ${quantity} checks, the ledger holds ${found}.`,
  ];
}

type LeafFinding = Extract<StatementFinding, { readonly leaf: number }>;

function describeLeaf(finding: LeafFinding): [ja: string, en: string] {
  const at = finding.kind === 'malformed_leaf' ? '' : ` (${finding.eventId})`;
  const [ja, en] = LEAF_TEXTS[finding.kind];
  return [`台帳の記録 ${finding.leaf}${at}: ${ja}`, `Leaf ${finding.leaf}${at}: ${en}`];
}

const LEAF_TEXTS: Readonly<Record<LeafFinding['kind'], readonly [ja: string, en: string]>> = {
  malformed_leaf: ['利用記録の正式な書式ではありません。', 'it is no usage record in its canonical form.'],
  repeated_event: ['同じ確認が二重に記録されています。', 'the check is recorded twice.'],
  missing_event: ['直前の記録が欠けています。', 'a record before it is missing.'],
  receipt_differs: ['受領票と記録の内容が異なります。', 'its receipt says something else.'],
  leaf_without_receipt: ['受領票のない確認です。', 'no receipt was given for it.'],
};
