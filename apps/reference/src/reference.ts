import { billingMeter } from '@kakunin/billing-meter';
import { crlPublisher } from '@kakunin/crl-publisher';
import { linkageRegistry } from '@kakunin/linkage-registry';
import { ocspResponder } from '@kakunin/ocsp-responder';
import { type ConfigDefinition, describeConfig, openApiOf, type Service } from '@kakunin/runtime';
import { withStatusPage } from '@kakunin/status-page';

const publisher = withStatusPage(crlPublisher);

const CONFIGURATION_HEAD = `# Configuration

Written by \`npm run docs\` from the code. Every option is an environment variable; \`<NAME>_FILE\` names a file that holds the value. A process
started with \`--check-config\` prints what it would use, secrets hidden, and exits (2 when something is wrong).

\`npm start\` sets what the four services need on one machine (\`apps/all-in-one/src/environment.ts\`); what you set wins. Its own options are
\`KAKUNIN_DIRECTORY\` (default \`.kakunin\`), \`KAKUNIN_SANDBOX\` (\`on\` or \`off\`), \`KAKUNIN_POSTGRES_PORT\` and \`KAKUNIN_LOG_LEVEL\` (default \`warn\`).
`;

/** Files of docs/reference that follow from the code, by their path there. */
export async function referenceFiles(): Promise<ReadonlyMap<string, string>> {
  const definitions = [linkageRegistry, ocspResponder, publisher, billingMeter].map(({ config }) => config);
  const tables = definitions.map((definition) => describeConfig(definition as unknown as ConfigDefinition));
  const files = new Map([['configuration.md', `${[CONFIGURATION_HEAD, ...tables].join('\n\n')}\n`]]);
  for (const [name, document] of await Promise.all([
    openApi(linkageRegistry),
    openApi(publisher),
    openApi(billingMeter),
  ])) {
    files.set(`openapi/${name}.json`, document);
  }
  return files;
}

async function openApi<D extends ConfigDefinition>(service: Service<D>): Promise<readonly [string, string]> {
  const document = await openApiOf(service, documentationConfig(service.config));
  return [service.name, `${JSON.stringify(document, undefined, 2)}\n`];
}

/** Values that satisfy a definition: nothing is opened or read for documentation. */
function documentationConfig<D extends ConfigDefinition>(definition: D): never {
  const given: Record<string, string> = {};
  const attempt = (): ReturnType<typeof definition.schema.safeParse> => definition.schema.safeParse(given);
  for (const issue of attempt().error?.issues ?? []) given[String(issue.path[0])] = 'http://documentation.invalid/';
  return attempt().data as never;
}
