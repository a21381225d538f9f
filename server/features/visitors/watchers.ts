import type { Connection } from '../../core/realtime/connection.ts';

/** Most visits in one frame; the rest follows with the next. */
const AT_ONCE = 200;

type Line = { whole: boolean; changed: Set<string>; gone: Set<string> };

/**
 * The operators' lines that look at the visitors of one account. What has changed is named, not kept: a line that is slow
 * is told less often, and always the newest.
 */
export class Watchers {
  readonly #lines = new Map<Connection, Line>();

  get size(): number {
    return this.#lines.size;
  }

  has(connection: Connection): boolean {
    return this.#lines.has(connection);
  }

  add(connection: Connection, ids: readonly string[]): void {
    this.#lines.set(connection, { whole: true, changed: new Set(ids), gone: new Set() });
  }

  remove(connection: Connection): void {
    this.#lines.delete(connection);
  }

  changed(id: string): void {
    for (const { changed, gone } of this.#lines.values()) {
      changed.add(id);
      gone.delete(id);
    }
  }

  gone(id: string): void {
    for (const { changed, gone } of this.#lines.values()) {
      changed.delete(id);
      gone.add(id);
    }
  }

  /** Tells each line one frame of what it has not been told; `textOf` is asked once for each visit. */
  flush(textOf: (id: string) => string | undefined): void {
    const texts = new Map<string, string | undefined>();
    const once = (id: string): string | undefined => {
      if (!texts.has(id)) texts.set(id, textOf(id));
      return texts.get(id);
    };
    for (const [connection, line] of this.#lines) {
      if (!line.whole && line.changed.size + line.gone.size === 0) continue;
      const ids = [...line.changed].slice(0, AT_ONCE);
      const visits = ids.map(once).filter((text) => text !== undefined);
      const gone = JSON.stringify([...line.gone]);
      const text = `{"type":"visitors","whole":${line.whole},"visits":[${visits.join(',')}],"gone":${gone}}`;
      if (!connection.sendText(text, true)) continue;
      line.whole = false;
      line.gone.clear();
      for (const id of ids) line.changed.delete(id);
    }
  }
}
