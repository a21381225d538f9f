import { useRef, useState } from 'preact/hooks';
import { useFrame } from '../frame.ts';
import { invitation } from '../invitation.ts';
import { clean, isEmail } from '../text.ts';
import { useCell } from '../use-watched.ts';
import { ChoiceField, EmailField, LineField, TextField } from './field.tsx';
import { focusFault } from './focus-fault.ts';

/** The first message, and what the account asks for with it (VI-04). */
export function Welcome() {
  const { t, bridge, live, draft } = useFrame();
  const invited = useCell(invitation);
  const form = useRef<HTMLFormElement>(null);
  const text = useCell(draft);
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const { departments, settings } = useCell(bridge.service);
  const { nameField, emailField } = settings;
  const [chosen, setChosen] = useState('');
  const [tried, setTried] = useState(false);

  // A field may be taken away while somebody writes; what stood in it is kept, and not sent.
  const person = nameField === 'hidden' ? '' : clean(name);
  const address = emailField === 'hidden' ? '' : email.trim();
  // One that was removed meanwhile is chosen no more; where there is one only, there is no choice.
  const department = departments.length === 1 ? departments[0] : departments.find(({ id }) => id === chosen);
  const wrong = {
    department: departments.length > 0 && !department,
    name: nameField === 'required' && !person,
    email: (emailField === 'required' || address !== '') && !isEmail(address),
    text: !clean(text),
  };

  function send(): void {
    setTried(true);
    if (Object.values(wrong).some(Boolean)) {
      if (form.current) focusFault(form.current);
      return;
    }
    const details = { ...(person && { name: person }), ...(address && { email: address }) };
    live.start(clean(text), details, department?.id);
    draft.set('');
  }

  return (
    <form
      class="form"
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {invited && (
        <div class="invited">
          <strong>
            <bdi>{invited.operator}</bdi>
          </strong>
          <p dir="auto">{invited.text}</p>
        </div>
      )}
      {nameField !== 'hidden' && (
        <LineField
          label={t('name')}
          value={name}
          onValue={setName}
          required={nameField === 'required'}
          fault={tried && wrong.name ? t('required') : undefined}
          autoComplete="name"
          maxLength={120}
        />
      )}
      {emailField !== 'hidden' && (
        <EmailField
          value={email}
          onValue={setEmail}
          required={emailField === 'required'}
          wrong={tried && wrong.email}
        />
      )}
      {departments.length > 0 && (
        <ChoiceField
          label={t('department')}
          empty={t('chooseDepartment')}
          choices={departments.map(({ id, name: called, free }) => ({
            id,
            label: free ? called : t('nobodyFree', { name: called }),
          }))}
          value={department?.id ?? ''}
          onValue={setChosen}
          wrong={tried && wrong.department}
        />
      )}
      <TextField value={text} onValue={draft.set} wrong={tried && wrong.text} onSend={send} />
      <button type="submit" class="primary wide">
        {t('startChat')}
      </button>
    </form>
  );
}
