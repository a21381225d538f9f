import { useEffect, useRef, useState } from 'preact/hooks';
import { ConnectionBanner } from './connection.tsx';
import { focusFirst } from './focus.ts';
import { OfflineForm } from './forms/offline-form.tsx';
import { Thanks } from './forms/thanks.tsx';
import { Welcome } from './forms/welcome.tsx';
import { useFrame, type Frame } from './frame.ts';
import { Header } from './header.tsx';
import { invitation } from './invitation.ts';
import { Icon } from './icons.tsx';
import { openingName } from './opening-name.ts';
import { ThreadScreen } from './thread/thread.tsx';
import { useCell, useWatched } from './use-watched.ts';

type Screen = 'thread' | 'loading' | 'welcome' | 'form' | 'thanks' | 'away';

function screenOf({ live, bridge }: Frame, thanked: boolean): Screen {
  const thread = live.thread();
  const invited = invitation.get() !== null;
  // Who is invited answers in a new conversation.
  if (live.starting() || (thread && !(invited && live.over()))) return 'thread';
  if (live.loading()) return 'loading';
  const { state, form } = bridge.service.get();
  if (state === 'online' || invited) return 'welcome';
  if (!form) return 'away';
  return thanked ? 'thanks' : 'form';
}

function EndQuestion({ done }: { done: () => void }) {
  const { t, live } = useFrame();
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <div class="question" role="group" aria-label={t('endQuestion')}>
      <span>{t('endQuestion')}</span>
      <button
        type="button"
        class="danger"
        onClick={() => {
          live.end();
          done();
        }}
      >
        {t('endChat')}
      </button>
      <button type="button" class="plain" ref={first} onClick={done}>
        {t('keepChatting')}
      </button>
    </div>
  );
}

/** The panel: what is shown follows from the conversation and from who is there. */
export function App() {
  const frame = useFrame();
  const { t, live, bridge, locale } = frame;
  const [asking, setAsking] = useState(false);
  useWatched(live.watch);
  const { opensAt, settings, account } = useCell(bridge.service);
  const invited = useCell(invitation) !== null;
  const talking = useCell(bridge.talking);
  const [sentTo, setSentTo] = useState<string>();
  const screen = screenOf(frame, sentTo !== undefined);
  const shownBefore = useRef<Screen>(screen);

  useEffect(() => {
    if (shownBefore.current !== screen && document.hasFocus()) focusFirst();
    shownBefore.current = screen;
  }, [screen]);

  const back = opensAt && t('backAt', { when: openingName(opensAt, locale) });
  const leave = back ? `${back} ${t('leaveMessage')}` : t('leaveMessage');
  const welcome = settings.greeting ?? t('greeting');
  const greeting = screen === 'welcome' && !invited ? welcome : screen === 'form' ? leave : null;
  return (
    <>
      <Header greeting={greeting} onEnd={() => setAsking(true)} />
      <ConnectionBanner />
      {/* Named, beside the <main> of the host page. */}
      <main aria-label={settings.title ?? account}>
        {asking && talking && !live.over() && <EndQuestion done={() => setAsking(false)} />}
        {screen === 'thread' && <ThreadScreen />}
        {screen === 'welcome' && <Welcome />}
        {screen === 'form' && <OfflineForm sent={setSentTo} />}
        {screen === 'thanks' && <Thanks email={sentTo ?? ''} again={() => setSentTo(undefined)} />}
        {screen === 'away' && (
          <div class="notice">
            <span class="seal quiet">
              <Icon name="clock" size={28} />
            </span>
            <h2>{t('nobodyHere')}</h2>
            <p>{back || t('comeBack')}</p>
          </div>
        )}
      </main>
    </>
  );
}
