import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { CampaignError } from './campaign-error.ts';
import { readChecked, readDataSet, readUsed, writeUsed } from './data-set-file.ts';
import type { Target } from './target.ts';

/** `target.json`: where the services are that a campaign loads. URLs without a slash at the end. */
export const targetSchema = z.strictObject({
  /** The plain listener, with the service provider that stands behind its caller. */
  plainOcspUrl: z.url(),
  /** The mutual TLS listener, up to and with `/ocsp`. */
  mutualTlsOcspUrl: z.url(),
  registryUrl: z.url(),
  billingUrl: z.url(),
  /** Up to and with `/crl`. */
  crlUrl: z.url(),
  /** `/metrics` of each service, by its name; what is left out is not drawn. */
  metrics: z.record(z.string(), z.url()).default({}),
  /** What `prepare` wrote, with the operator's profile in it; relative to this file. Left out: where this file lies. */
  dataSet: z.string().default('.'),
});
export type TargetFile = z.infer<typeof targetSchema>;

/** The services of one host on the ports that they have when nobody says otherwise (docs/reference/configuration.md). */
export function addressesAt(url: URL, serviceProvider: string): TargetFile {
  const at = (scheme: string, port: number): string => `${scheme}://${url.hostname}:${port}`;
  return {
    plainOcspUrl: `${at('http', 8081)}/ocsp/${serviceProvider}`,
    mutualTlsOcspUrl: `${at('https', 8443)}/ocsp`,
    registryUrl: at('https', 8445),
    billingUrl: at('https', 8444),
    crlUrl: `${at('http', 8083)}/crl`,
    metrics: {
      'ocsp-responder': `${at('http', 9081)}/metrics`,
      'linkage-registry': `${at('http', 9082)}/metrics`,
      'crl-publisher': `${at('http', 9083)}/metrics`,
      'billing-meter': `${at('http', 9084)}/metrics`,
    },
    dataSet: '.',
  };
}

export interface NamedTarget {
  readonly target: Target;
  /** How often its data set was loaded before: ids of usage events must not come again. */
  readonly runs: number;
}

/**
 * An installation that runs already. Nothing of it is killed or closed.
 * @param named a file, or `http(s)://host` whose services have their usual ports
 * @param folder what `prepare` wrote; undefined: what the file says
 * @throws CampaignError
 */
export function namedTarget(named: string, folder: string | undefined): NamedTarget {
  const isUrl = /^https?:\/\//.test(named);
  const file = isUrl ? undefined : readChecked(named, targetSchema);
  const dataSet = folder ?? (file && resolve(dirname(named), file.dataSet));
  if (dataSet === undefined) throw new CampaignError('A target by URL needs --data-set DIR: what "prepare DIR" wrote.');
  const known = readDataSet(dataSet);
  if (!existsSync(join(dataSet, '.kakunin/cli.json')))
    throw new CampaignError(`The operator's profile is missing: put it at ${join(dataSet, '.kakunin/cli.json')}.`);
  const addresses = file ?? addressesAt(new URL(named), known.callers[0]!.serviceProviders[0]!);
  const used = readUsed(dataSet);
  const { metrics, dataSet: _dataSet, ...urls } = addresses;
  const spare = { firstSerial: known.spare.firstSerial + used.revoked, count: known.spare.count - used.revoked };
  const target: Target = {
    ...urls,
    ...known,
    spare,
    customers: [...known.callers, known.greedy].map(({ code }) => code),
    folder: dataSet,
    services: Object.entries(metrics).map(([name, metricsUrl]) => ({ name, metricsUrl })),
    noteRevoked: (count) => writeUsed(dataSet, { runs: used.runs + 1, revoked: used.revoked + count }),
    stop: async () => undefined,
  };
  return { target, runs: used.runs };
}
