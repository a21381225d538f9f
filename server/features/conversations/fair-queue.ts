/**
 * A queue in which everybody has a lane and all lanes are served in turn: whoever hands in much waits for itself, not
 * the others for it (threats.md E5). Within a lane the order of arrival is kept.
 */
export class FairQueue<T> {
  readonly #lanes = new Map<string, T[]>();

  get empty(): boolean {
    return this.#lanes.size === 0;
  }

  push(key: string, item: T): void {
    const lane = this.#lanes.get(key);
    if (lane) lane.push(item);
    else this.#lanes.set(key, [item]);
  }

  /** Puts back what was taken, before everything that its lane holds by now. */
  putBack(key: string, items: T[]): void {
    this.#lanes.set(key, [...items, ...(this.#lanes.get(key) ?? [])]);
  }

  /** Takes up to `most` items, an equal share from every lane as far as they reach. */
  take(most: number): T[] {
    const taken: T[] = [];
    while (taken.length < most && this.#lanes.size > 0) {
      const share = Math.max(1, Math.floor((most - taken.length) / this.#lanes.size));
      const lanes = [...this.#lanes];
      for (const [key, lane] of lanes) {
        if (taken.length === most) break;
        taken.push(...lane.splice(0, share));
        this.#lanes.delete(key);
        // At the end of the row: next time the others come first.
        if (lane.length > 0) this.#lanes.set(key, lane);
      }
    }
    return taken;
  }
}
