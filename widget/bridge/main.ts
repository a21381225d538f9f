import type { FrameBox, WidgetStateAnswer } from '#protocol/chatboxes.ts';
import { inkOn } from '../contrast.ts';
import type { PortOffer, ToFrame, ToPage } from '../port.ts';
import type { Live } from '../chat/live.ts';
import type { Bridge } from './bridge.ts';
import { cell } from './cell.ts';
import { createIntroduction } from './introduce.ts';
import { labels } from './labels.ts';
import { chooseLanguage } from './languages.ts';
import { toPage } from './page.ts';
import { watchPresence } from './presence.ts';
import { createSession } from './session.ts';
import { browserStorage, createStore } from './store.ts';

// The launcher's picture: to talk, to leave a message, to close.
const BUBBLE = 'M6 4h12a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-6l-5 4v-4H6a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z';
const LETTER = 'M3 5h18v14H3zl9 8 9-8';
const DOWN = 'M5 9l7 7 7-7';

// Who has closed the panel is left alone for a day.
const PEACE_MS = 86_400_000;
const CLOSED_AT = 'closed';

const warn = (sentence: string) => console.warn(`Foyer: ${sentence}`);
const box = JSON.parse(document.querySelector('#box')?.textContent ?? '') as FrameBox;

function begin(offer: PortOffer, port: MessagePort, host: string): void {
  const store = createStore(box.key, browserStorage());
  const session = createSession(box.key, store);
  const introduction = createIntroduction(session);
  const tell = (message: ToPage) => port.postMessage(message);
  let pageLanguage = offer.language;
  const service = cell<WidgetStateAnswer>(box);
  const choose = () => chooseLanguage([pageLanguage, ...navigator.languages, service.get().language]);

  const bridge: Bridge = {
    box,
    store,
    session,
    tell,
    async credential(renew) {
      await session.access(renew);
      await introduction.tell();
      return session.access();
    },
    service,
    look() {},
    language: cell(choose()),
    page: cell(toPage(offer.page)),
    referrer: offer.referrer,
    peek: cell<'peek' | ''>(''),
    opened: cell(false),
    talking: cell(false),
    unread: cell(0),
  };
  const { language, opened, talking, unread, page, peek } = bridge;

  function tellState(): void {
    const { settings, account, state: there } = service.get();
    const wanted = talking.get() || peek.get();
    const state = there === 'hidden' && wanted ? 'offline' : there;
    const [online, offline, close] = labels[language.get()];
    const [label, picture] = opened.get()
      ? [close, DOWN]
      : state === 'online'
        ? [online, BUBBLE]
        : [offline, LETTER];
    const count = opened.get() ? 0 : unread.get();
    tell({
      ...settings,
      type: 'state',
      state,
      picture,
      ink: inkOn(settings.colour),
      label: count ? `${label} (${count})` : label,
      badge: count ? String(count) : '',
      title: settings.title ?? account,
      peek: peek.get(),
    });
  }
  for (const one of [service, language, talking, unread, opened, peek]) one.watch(tellState);
  unread.watch(() => tell({ type: 'unread', detail: unread.get() }));

  let live: Promise<Live> | undefined;
  /** The line and what comes over it, without anything to see. */
  const startLive = () => (live ??= import('../chat/live.ts').then((chat) => chat.startLive(bridge)));

  /** Fetched and drawn once; a document that cannot get it makes room for a new one. */
  async function show(focus: boolean): Promise<void> {
    try {
      const [chat, line] = await Promise.all([import('../chat/main.tsx'), startLive()]);
      await chat.showChat(bridge, line, focus);
    } catch (error) {
      console.error(error);
      tell({ type: 'close' });
      if (navigator.onLine) location.reload();
    }
  }

  async function forget(): Promise<void> {
    // A new document holds nothing of the one who left.
    if (await session.forget()) location.reload();
  }

  function receive(message: ToFrame): void {
    switch (message.type) {
      case 'page':
        return page.set(toPage(message.value));
      case 'prepare':
        return void import('../chat/main.tsx').catch(() => {
          // Opening tries again, and says so when it fails.
        });
      case 'open':
        opened.set(true);
        return void show(message.value === true);
      case 'close':
        store.set(CLOSED_AT, String(Date.now()));
        return opened.set(false);
      case 'identify':
        if (typeof message.value === 'string') return introduction.identify(message.value);
        if (message.value === null) return void forget();
        return warn('identify takes the token that your server has signed, or null to log out.');
      case 'attributes':
        if (message.value && typeof message.value === 'object') return introduction.attributes(message.value);
        return warn('attributes takes an object.');
      case 'language':
        if (typeof message.value !== 'string') return warn('language takes a tag such as "en".');
        pageLanguage = message.value;
        return language.set(choose());
      default:
        return warn(
          `"${(message as { type: string }).type}" is no command, or was given what it does not take.`,
        );
    }
  }
  port.onmessage = (event: MessageEvent<ToFrame>) => receive(event.data);

  tellState();
  let wait: number | null = null;
  let opening: ReturnType<typeof setTimeout> | undefined;
  function heed(): void {
    const { watched, settings } = service.get();
    // Where an operator looks at the visitors, the page announces itself.
    if (watched) import('../chat/announce.ts').then((all) => all.announcePages(bridge), console.warn);
    if (settings.autoOpenAfter === wait) return;
    clearTimeout(opening);
    wait = settings.autoOpenAfter;
    if (wait === null || Date.now() - Number(store.get(CLOSED_AT) ?? 0) < PEACE_MS) return;
    opening = setTimeout(() => {
      // A panel that covers a whole phone must not come by itself.
      if (service.get().state === 'online' && !opened.get() && screen.width >= 480) tell({ type: 'open' });
    }, wait * 1000);
  }
  service.watch(heed);
  heed();
  bridge.look = watchPresence(bridge, host, (answer) => {
    service.set(answer);
    language.set(choose());
  });
  if (session.isKnown()) {
    // Somebody who was here: answers to an open conversation come while the panel is closed.
    session
      .open()
      .then(async (visit) => {
        if (visit.conversation || store.names('out.').length > 0) await startLive();
      })
      .catch(console.warn);
  }
}

/**
 * The one message that is listened to: a port from the page around us, whose right to be there the document's
 * frame-ancestors has checked. The page's host is the browser's word, not the message's.
 */
addEventListener('message', function offered(event: MessageEvent<PortOffer | undefined>) {
  const [port] = event.ports;
  if (event.source !== parent || event.data?.foyer !== 'port' || !port) return;
  removeEventListener('message', offered);
  begin(event.data, port, event.origin.startsWith('http') ? new URL(event.origin).hostname : '');
});
