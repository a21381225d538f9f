import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { FormError } from '../../core/form-error.tsx';
import page from '../../core/page.module.css';
import { ChangedElsewhere } from './changed-elsewhere.tsx';
import type { useDraft } from './use-draft.ts';
import type { useRoutingChange } from './use-routing-change.ts';

type Props = {
  draft: Pick<ReturnType<typeof useDraft>, 'dirty' | 'changedElsewhere' | 'discard'>;
  save: Pick<ReturnType<typeof useRoutingChange>, 'error' | 'isPending'>;
  /** Of the button that sends it. */
  label: string;
  /** Something is not filled in. */
  incomplete?: boolean;
  onSubmit: () => void;
  onCancel: () => void;
  /** Below the buttons. */
  hint?: ReactNode;
  children: ReactNode;
};

/** The form in a side panel: its fields, what hinders it, and the two ways out. */
export function PanelForm({
  draft,
  save,
  label,
  incomplete = false,
  onSubmit,
  onCancel,
  hint,
  children,
}: Props) {
  const { t } = useTranslation('routing');
  return (
    <form
      className={page.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      {draft.changedElsewhere && <ChangedElsewhere onTheirs={draft.discard} />}
      <FormError error={save.error} />
      <div className={page.line}>
        <Button type="submit" loading={save.isPending} disabled={!draft.dirty || incomplete}>
          {label}
        </Button>
        <Button variant="default" onClick={onCancel}>
          {t('cancel')}
        </Button>
      </div>
      {hint}
    </form>
  );
}
