const keyOf = (operatorId: string, conversationId: string) => `foyer.draft.${operatorId}.${conversationId}`;

/** The unsent text of a conversation, as it was left. */
export function loadDraft(operatorId: string, conversationId: string): string {
  try {
    return localStorage.getItem(keyOf(operatorId, conversationId)) ?? '';
  } catch {
    return '';
  }
}

/** Remembers the unsent text; an empty one is forgotten. A browser without storage keeps it on the screen only. */
export function saveDraft(operatorId: string, conversationId: string, text: string): void {
  const key = keyOf(operatorId, conversationId);
  try {
    if (text === '') localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // The text stays in the composer; there is nothing better to do without storage.
  }
}
