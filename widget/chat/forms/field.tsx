import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { useFrame } from '../frame.ts';
import { TEXT_LIMIT } from '../text.ts';

type FieldProps = {
  label: string;
  required: boolean;
  /** Why it cannot be sent like this. */
  fault?: string | undefined;
  /** The label is said, not shown. */
  bare?: boolean | undefined;
  /** Takes the room that is left. */
  grows?: boolean | undefined;
  children: (ids: { id: string; describedBy: string | undefined; invalid: boolean }) => ComponentChildren;
};

function Field({ label, required, fault, bare, grows, children }: FieldProps) {
  const { t } = useFrame();
  const id = useId();
  return (
    <div class={grows ? 'labelled grows' : 'labelled'}>
      <label for={id} class={bare ? 'unseen' : ''}>
        {label} {!required && <small>({t('optional')})</small>}
      </label>
      {children({ id, describedBy: fault && `${id}-fault`, invalid: Boolean(fault) })}
      {fault && (
        <p class="fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
    </div>
  );
}

type LineProps = {
  label: string;
  value: string;
  onValue: (value: string) => void;
  required: boolean;
  fault?: string | undefined;
  autoComplete?: 'name' | 'off';
  maxLength: number;
};

export function LineField({
  label,
  value,
  onValue,
  required,
  fault,
  autoComplete = 'off',
  maxLength,
}: LineProps) {
  return (
    <Field label={label} required={required} fault={fault}>
      {({ id, describedBy, invalid }) => (
        <input
          id={id}
          type="text"
          dir={value ? 'auto' : undefined}
          value={value}
          maxLength={maxLength}
          autoComplete={autoComplete}
          aria-required={required}
          aria-invalid={invalid}
          aria-describedby={describedBy}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

type Choice = { id: string; label: string };
type ChoiceProps = {
  label: string;
  /** What stands there before anything was chosen. */
  empty: string;
  choices: Choice[];
  value: string;
  onValue: (value: string) => void;
  wrong: boolean;
};

export function ChoiceField({ label, empty, choices, value, onValue, wrong }: ChoiceProps) {
  const { t } = useFrame();
  return (
    <Field label={label} required fault={wrong ? t('required') : undefined}>
      {({ id, describedBy, invalid }) => (
        <select
          id={id}
          value={value}
          aria-required
          aria-invalid={invalid}
          aria-describedby={describedBy}
          onChange={(event) => onValue(event.currentTarget.value)}
        >
          <option value="">{empty}</option>
          {choices.map((choice) => (
            <option key={choice.id} value={choice.id}>
              {choice.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

type EmailProps = {
  value: string;
  onValue: (value: string) => void;
  required: boolean;
  wrong: boolean;
  bare?: boolean;
};

export function EmailField({ value, onValue, required, wrong, bare }: EmailProps) {
  const { t } = useFrame();
  return (
    <Field label={t('email')} required={required} fault={wrong ? t('emailWrong') : undefined} bare={bare}>
      {({ id, describedBy, invalid }) => (
        <input
          id={id}
          type="email"
          dir={value ? 'ltr' : undefined}
          value={value}
          maxLength={254}
          autoComplete="email"
          placeholder={bare ? t('email') : undefined}
          aria-required={required}
          aria-invalid={invalid}
          aria-describedby={describedBy}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

type TextProps = { value: string; onValue: (value: string) => void; wrong: boolean; onSend: () => void };

export function TextField({ value, onValue, wrong, onSend }: TextProps) {
  const { t } = useFrame();
  return (
    <Field label={t('message')} required grows fault={wrong ? t('required') : undefined}>
      {({ id, describedBy, invalid }) => (
        <textarea
          id={id}
          rows={4}
          dir={value ? 'auto' : undefined}
          value={value}
          maxLength={TEXT_LIMIT}
          aria-required
          aria-invalid={invalid}
          aria-describedby={describedBy}
          onInput={(event) => onValue(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onSend();
          }}
        />
      )}
    </Field>
  );
}
