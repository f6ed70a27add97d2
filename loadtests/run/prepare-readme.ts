import type { DataSet } from './data-set.ts';
import { commandsFor } from './register.ts';

const command = (words: readonly string[]): string => `kakunin ${words.join(' ')}`;

/** What a person does with a data set, before and after: Japanese first, English second. */
export function prepareReadme(data: DataSet): string {
  const callers = [...data.callers, data.greedy];
  const [first] = data.callers;
  const registration = callers.flatMap(({ code, serviceProviders }) => [
    command([
      'relying-party',
      'register',
      code,
      '--name',
      code,
      '--kind',
      'platform_provider',
      '--role',
      'platform_provider',
    ]),
    command(['relying-party', 'credential', 'add', code, '--certificate', `${code}.pem`]),
    ...serviceProviders.map((each) =>
      command([
        'relying-party',
        'register',
        each,
        '--name',
        each,
        '--kind',
        'service_provider',
        '--platform-provider',
        code,
      ]),
    ),
  ]);
  const authorities = data.authorities.flatMap((authority) => commandsFor(authority).map(command));
  return `# 負荷試験のデータ / Data for load campaigns

架空の認証局・証明書・事業者です。**本番の認証局とは無関係ですが、課金と失効は登録先に残ります。検証環境だけに登録してください。**
このフォルダーには秘密鍵があります（\`data-set.json\`、\`signers/\`）。

Made-up authorities, certificates and callers. **Register them in an installation for tests only: charges and revocations stay.**
There are private keys in this folder (\`data-set.json\`, \`signers/\`).

## 準備 / Before

1. 操作者のプロファイルを \`.kakunin/cli.json\` に置く。 / Put the operator's profile at \`.kakunin/cli.json\`.
2. \`signers/ocsp\` を \`KAKUNIN_OCSP_SIGNERS_DIRECTORY\` に、\`signers/crl\` を \`KAKUNIN_CRL_SIGNERS_DIRECTORY\` に置く。
   Copy them there.
3. \`KAKUNIN_OCSP_PLAIN_CALLER=${first!.code}\` とする。 / The plain listener's caller.
   失効の確認と署名済み応答の取得に使う。 / What caches may keep, and what was revoked, is asked there.
4. \`KAKUNIN_OCSP_CALLER_REQUESTS_PER_SECOND\`: 全国の規模1につき1,500。過大な要求をする事業者がここで断られる。
   1,500 for a scale of 1: the greedy caller is to be refused, and nobody else.
5. 次の命令で登録する（または \`npm run campaign -- prepare DIR --register\`）。 / Register, or let \`--register\` do it.

\`\`\`sh
${[...registration, ...authorities].join('\n')}
\`\`\`

6. \`target.json\` のURLを直す。\`metrics\` は空でもよい。 / Set the URLs; \`metrics\` may be empty.

## 実行 / Run

\`\`\`sh
npm run campaign -- nationwide-peak-mid --target DIR/target.json --scale 0.5
\`\`\`

障害と月次締めの部分は、他所の環境では行わない。失効させた証明書は二度使えないので \`used.json\` に数える。
Nothing is killed or closed in an installation that was not started here. Certificates that were revoked are counted in \`used.json\`.
`;
}
