/**
 * Languages of the widget: how people call them to `Intl`, and the launcher's labels (talk, leave a message,
 * close), which are needed before a language file is fetched.
 */
export const labels = {
  en: ['Open chat', 'Leave a message', 'Close chat'],
  de: ['Chat öffnen', 'Nachricht hinterlassen', 'Chat schließen'],
  fr: ['Ouvrir le chat', 'Laisser un message', 'Fermer le chat'],
  es: ['Abrir el chat', 'Dejar un mensaje', 'Cerrar el chat'],
  it: ['Apri la chat', 'Lascia un messaggio', 'Chiudi la chat'],
  pt: ['Abrir o chat', 'Deixar uma mensagem', 'Fechar o chat'],
  nl: ['Chat openen', 'Laat een bericht achter', 'Chat sluiten'],
  pl: ['Otwórz czat', 'Zostaw wiadomość', 'Zamknij czat'],
  tr: ['Sohbeti aç', 'Mesaj bırak', 'Sohbeti kapat'],
  ar: ['فتح المحادثة', 'اترك رسالة', 'إغلاق المحادثة'],
  he: ['פתיחת הצ׳אט', 'השאירו הודעה', 'סגירת הצ׳אט'],
} satisfies Record<string, [online: string, offline: string, close: string]>;

export type Language = keyof typeof labels;
