import { useRef, useState } from 'preact/hooks';
import { uuidv7 } from '#client/ref.ts';
import { useFrame } from '../frame.ts';
import { clean, isEmail } from '../text.ts';
import { useCell } from '../use-watched.ts';
import { EmailField, LineField, TextField } from './field.tsx';
import { focusFault } from './focus-fault.ts';

/** A message for when somebody is back (VI-05). */
export function OfflineForm({ sent }: { sent: (email: string) => void }) {
  const { t, bridge, draft } = useFrame();
  const form = useRef<HTMLFormElement>(null);
  // One name until it has arrived: a repeat stores nothing new.
  const ref = useRef(uuidv7());
  const text = useCell(draft);
  const [email, setEmail] = useState('');
  const [subject, setSubject] = useState('');
  const [tried, setTried] = useState(false);
  const [phase, setPhase] = useState<'writing' | 'sending' | 'failed'>('writing');

  const address = email.trim();
  const wrong = { email: !isEmail(address), text: !clean(text) };

  async function send(): Promise<void> {
    setTried(true);
    if (phase === 'sending') return;
    if (wrong.email || wrong.text) {
      if (form.current) focusFault(form.current);
      return;
    }
    setPhase('sending');
    try {
      await bridge.credential(false);
      await bridge.session.post('/v1/visitor/offline-messages', {
        ref: ref.current,
        email: address,
        name: null,
        subject: clean(subject) || null,
        text: clean(text),
        page: bridge.page.get(),
        language: bridge.language.get(),
      });
      draft.set('');
      sent(address);
    } catch {
      setPhase('failed');
    }
  }

  return (
    <form
      class="form"
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <EmailField value={email} onValue={setEmail} required wrong={tried && wrong.email} />
      <LineField label={t('subject')} value={subject} onValue={setSubject} required={false} maxLength={200} />
      <TextField value={text} onValue={draft.set} wrong={tried && wrong.text} onSend={() => void send()} />
      {phase === 'failed' && (
        <p class="fault" role="alert">
          {t('sendFailed')}
        </p>
      )}
      <button type="submit" class="primary wide">
        {phase === 'sending' ? t('sending') : t('sendMessage')}
      </button>
    </form>
  );
}
