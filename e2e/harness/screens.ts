import { expect, type Page } from '@playwright/test';
import type { Foyer } from './foyer.ts';
import { chat, thread } from './people.ts';

export type Said = { by: 'visitor' | 'operator'; text: string };

/** The messages on the visitor's screen, from top to bottom. */
export function visitorSees(page: Page): Promise<Said[]> {
  return chat(page)
    .locator('.bubble:not(.typing)')
    .evaluateAll((bubbles) =>
      bubbles.map((bubble): Said => {
        const words = bubble.querySelector('.words')?.cloneNode(true) as HTMLElement;
        for (const name of words.querySelectorAll('.unseen')) name.remove();
        return {
          by: bubble.classList.contains('visitor') ? 'visitor' : 'operator',
          text: words.textContent ?? '',
        };
      }),
    );
}

/** The messages of the thread that is open in the console. Only what is near is in the page, so it is scrolled through. */
export function operatorSees(page: Page): Promise<Said[]> {
  return thread(page).evaluate(async (log) => {
    const found = new Map<number, Said>();
    const drawn = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const collect = () => {
      for (const item of log.querySelectorAll<HTMLElement>('[data-index]')) {
        const message = item.querySelector<HTMLElement>('[data-message]');
        if (!message) continue;
        const by = message.closest('[data-side]')?.getAttribute('data-side') as Said['by'];
        found.set(Number(item.dataset['index']), { by, text: message.textContent ?? '' });
      }
    };
    collect();
    if (log.scrollHeight > log.clientHeight) {
      for (let top = 0; top < log.scrollHeight; top += log.clientHeight * 0.7) {
        log.scrollTo({ top });
        await drawn();
        collect();
      }
      log.scrollTo({ top: log.scrollHeight });
      await drawn();
      collect();
    }
    return [...found].sort(([a], [b]) => a - b).map(([, said]) => said);
  });
}

/** Id of the chat that is open in the console. */
export function openChatId(page: Page): string {
  const id = new URL(page.url()).searchParams.get('chat');
  expect(id, 'a chat is open in the console').not.toBeNull();
  return id ?? '';
}

/** The messages as they are stored, in the order of the log. */
export async function stored(foyer: Foyer, conversationId: string): Promise<Said[]> {
  const rows = await foyer.query<Said>(
    `select sender_kind as by, what->>'text' as text from entries
      where conversation_id = $1 and what->>'kind' = 'message' order by seq`,
    [conversationId],
  );
  return rows;
}

type Screens = { foyer: Foyer; visitor: Page | Page[]; operator: Page | Page[]; timeout?: number };

/**
 * Waits until every screen shows, word for word and in order, what is stored, with nothing waiting to be sent. With
 * `said`, what is stored is also exactly what people wrote: nothing lost, nothing doubled (in any order).
 */
export async function expectSameConversation(
  { foyer, visitor, operator, timeout = 20_000 }: Screens,
  said?: readonly string[],
): Promise<Said[]> {
  const visitors = [visitor].flat();
  const operators = [operator].flat();
  const first = operators[0];
  if (!first) throw new Error('somebody has to have the chat open');
  const id = openChatId(first);
  let truth: Said[] = [];
  await expect(async () => {
    truth = await stored(foyer, id);
    if (said) expect(truth.map(({ text }) => text).toSorted(), 'what is stored').toEqual(said.toSorted());
    for (const page of visitors) {
      expect(await visitorSees(page), "the visitor's screen").toEqual(truth);
      expect(
        await chat(page).locator('.bubble.waits, .bubble .refused').count(),
        'unsent at the visitor',
      ).toBe(0);
    }
    for (const page of operators) {
      expect(await operatorSees(page), "the operator's screen").toEqual(truth);
      const unsent = thread(page).locator('[data-fate=queued], [data-fate=refused]');
      expect(await unsent.count(), 'unsent at the operator').toBe(0);
    }
  }).toPass({ timeout, intervals: [100, 250, 500] });
  await expectLogIsWhole(foyer, id);
  return truth;
}

/** Positions are 1..n without a gap, and no command was stored twice (C2, C3). */
async function expectLogIsWhole(foyer: Foyer, conversationId: string): Promise<void> {
  const rows = await foyer.query<{ seq: number; ref: string | null }>(
    'select seq, ref from entries where conversation_id = $1 order by seq',
    [conversationId],
  );
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
  const messages = await foyer.query<{ refs: string; all: string }>(
    `select count(distinct ref) as refs, count(*) as all from entries
      where conversation_id = $1 and what->>'kind' = 'message'`,
    [conversationId],
  );
  expect(messages[0]?.refs).toBe(messages[0]?.all);
}
