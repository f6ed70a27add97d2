import type { Queries } from '../database/queries.ts';
import { RegistryError } from '../registry-error.ts';

/**
 * Makes sure that a caller speaks for a service provider: itself, or one behind it.
 * @throws RegistryError `relying_party_unknown`, of others as of those that do not exist
 */
export async function requireOwn(queries: Queries, caller: string, serviceProvider: string): Promise<void> {
  const { rowCount } = await queries.query(
    `SELECT FROM relying_party WHERE code = $1 AND kind = 'service_provider' AND $2 IN (code, platform_provider)`,
    [serviceProvider, caller],
  );
  if (rowCount !== 0) return;
  throw new RegistryError('relying_party_unknown', `You speak for no service provider ${serviceProvider}.`);
}
