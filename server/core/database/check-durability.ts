import { StartRefused } from '../start-refused.ts';

const OLDEST_VERSION = 140_000;
const MUST_BE_ON = ['fsync', 'full_page_writes', 'synchronous_commit'];

/**
 * An acknowledged message is a committed one, so a database that may lose commits is refused: StartRefused
 * `database_too_old` or `database_not_durable`, naming the setting and the statement that fixes it.
 * `synchronous_commit` may be anything but off (`local`, `remote_write`, ... all flush locally).
 */
export async function checkDurability(
  query: (sql: string) => Promise<{ rows: Record<string, string>[] }>,
): Promise<void> {
  const { rows } = await query(
    `SELECT name, setting, source FROM pg_settings WHERE name IN ('server_version_num', 'server_version', 'fsync', 'full_page_writes', 'synchronous_commit')`,
  );
  const settings = new Map(rows.map((row) => [row['name'], row]));
  const setting = (name: string): string => {
    const value = settings.get(name)?.['setting'];
    if (value === undefined) throw new Error(`The database does not tell its setting ${name}`);
    return value;
  };
  if (Number(setting('server_version_num')) < OLDEST_VERSION) {
    throw new StartRefused(
      'database_too_old',
      `The database is PostgreSQL ${setting('server_version')}, Foyer needs 14 or newer: upgrade it, or set DATABASE_URL to another one.`,
    );
  }
  for (const name of MUST_BE_ON) {
    if (setting(name) === 'off') {
      throw new StartRefused(
        'database_not_durable',
        `The database runs with ${name}=off and may lose acknowledged messages: run "${remedy(name, settings.get(name)?.['source'])}" and start Foyer again.`,
      );
    }
  }
}

/** ALTER SYSTEM does not reach a setting that the role or the database overrides. */
function remedy(name: string, source: string | undefined): string {
  if (source === 'user') return `ALTER ROLE CURRENT_USER RESET ${name};`;
  if (source === 'database') return `ALTER DATABASE <name> RESET ${name};`;
  if (source === 'database user') return `ALTER ROLE CURRENT_USER IN DATABASE <name> RESET ${name};`;
  return `ALTER SYSTEM SET ${name} = on; SELECT pg_reload_conf();`;
}
