import { Database, migrationsOf } from '@kakunin/postgres';
import pg from 'pg';

/** A server, as whoever makes databases on it sees it. */
interface Server {
  url(database: string): string;
  createDatabase(name: string): Promise<string>;
}

/** Databases that a service has migrated: one is made, the others are copies of it, which take a fraction of the CPU. */
export class DatabaseCopies {
  readonly #server: Server;
  readonly #originals = new Map<string, Promise<string>>();

  constructor(server: Server) {
    this.#server = server;
  }

  /**
   * Creates the database unless it is there.
   * @param packageName whose migrations it has
   * @returns its url
   */
  async create(name: string, packageName: string): Promise<string> {
    let original = this.#originals.get(packageName);
    if (!original) this.#originals.set(packageName, (original = this.#makeOriginal(packageName)));
    const template = pg.escapeIdentifier(await original);
    const client = new pg.Client(this.#server.url('postgres'));
    await client.connect();
    try {
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
      if (!rowCount) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE ${template}`);
    } finally {
      await client.end();
    }
    return this.#server.url(name);
  }

  async #makeOriginal(packageName: string): Promise<string> {
    const name = `original of ${packageName}`;
    const url = await this.#server.createDatabase(name);
    const database = new Database({ url, migrationsDirectory: migrationsOf(packageName) });
    await database.whenReady();
    // Nobody may be connected to what is copied.
    await database.close();
    return name;
  }
}
