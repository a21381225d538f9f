import { useRef, useState } from 'preact/hooks';
import { EmailField } from '../forms/field.tsx';
import { focusFault } from '../forms/focus-fault.ts';
import { useFrame } from '../frame.ts';
import { isEmail } from '../text.ts';

/** Where the answer goes when nobody is there to give it now. */
export function LeaveEmail() {
  const { t, live } = useFrame();
  const form = useRef<HTMLFormElement>(null);
  const [email, setEmail] = useState('');
  const [wrong, setWrong] = useState(false);

  function send(): void {
    const address = email.trim();
    setWrong(!isEmail(address));
    if (isEmail(address)) live.tellEmail(address);
    else if (form.current) focusFault(form.current);
  }

  return (
    <form
      class="inline"
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <EmailField value={email} onValue={setEmail} required wrong={wrong} bare />
      <button type="submit" class="primary">
        {t('send')}
      </button>
    </form>
  );
}
