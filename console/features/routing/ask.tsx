import { modals } from '@mantine/modals';
import i18next from 'i18next';
import page from '../../core/page.module.css';

type Question = { title: string; says: string[]; confirm: string; danger: boolean; onConfirm: () => void };

/** The question before something goes, with what is lost in numbers. */
export function ask({ title, says, confirm, danger, onConfirm }: Question): void {
  const cancel = i18next.t('cancel', { ns: 'routing' });
  modals.openConfirmModal({
    title,
    children: (
      <div className={page.form}>
        {says.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
    ),
    labels: { confirm, cancel },
    closeButtonProps: { 'aria-label': cancel },
    confirmProps: danger ? { color: 'red.9' } : {},
    onConfirm,
  });
}
