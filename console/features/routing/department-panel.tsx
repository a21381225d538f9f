import { Button, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Department, Routing } from '#protocol/routing.ts';
import { FormError, fieldErrors } from '../../core/form-error.tsx';
import page from '../../core/page.module.css';
import { ask } from './ask.tsx';
import { ChangedElsewhere } from './changed-elsewhere.tsx';
import { countDestinations } from './count-destinations.ts';
import { OperatorPicker } from './operator-picker.tsx';
import { SidePanel } from './side-panel.tsx';
import { useDraft } from './use-draft.ts';
import { tell, useRoutingChange } from './use-routing-change.ts';
import { useUndo } from './use-undo.tsx';

type Props = { routing: Routing; department: Department | 'new' | null; onClose: () => void };

/** OP-07: type a name, drag operators in from the list on the left. */
export function DepartmentPanel({ routing, department, onClose }: Props) {
  const { t } = useTranslation('routing');
  return (
    <SidePanel
      title={t(department === 'new' ? 'departments.add' : 'departments.edit')}
      opened={department !== null}
      onClose={onClose}
    >
      {department !== null && <Inside routing={routing} department={department} onClose={onClose} />}
    </SidePanel>
  );
}

const blank = { name: '', operators: [] as string[] };

function Inside({ routing, department, onClose }: Props & { department: Department | 'new' }) {
  const { t } = useTranslation('routing');
  const id = department === 'new' ? null : department.id;
  const stored = id === null ? blank : routing.departments.find((one) => one.id === id);
  const { values, dirty, change, changedElsewhere, discard } = useDraft(
    stored === undefined ? blank : { name: stored.name, operators: stored.operators },
  );
  const save = useRoutingChange();
  const { offer } = useUndo();
  const errors = fieldErrors(save.error);
  const { count, operators } = countDestinations(routing);
  const first = id === null && routing.departments.length === 0;
  const send = () => {
    const name = values.name.trim();
    save.mutate({
      method: id === null ? 'POST' : 'PUT',
      path: id === null ? '/v1/departments' : `/v1/departments/${id}`,
      body: { name, operators: values.operators, ...(first && { removes: count }) },
      onDone: (changed) => {
        if (first) offer(changed);
        else tell(t(id === null ? 'departments.added' : 'departments.saved', { name }))();
        onClose();
      },
    });
  };
  const goes = t('switch.goes', { count, of: t('operators', { count: operators }) });
  const askFirst = () =>
    ask({
      title: t('switch.onTitle'),
      says: [t('switch.onSays'), `${goes} ${t('switch.undoable')}`],
      confirm: t('switch.onConfirm'),
      danger: false,
      onConfirm: send,
    });
  if (stored === undefined) return <p role="status">{t('departments.gone')}</p>;
  return (
    <form
      className={page.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (first && count > 0) askFirst();
        else send();
      }}
    >
      <TextInput
        label={t('departments.name')}
        description={t('departments.nameHint')}
        autoComplete="off"
        maxLength={60}
        dir="auto"
        data-autofocus
        value={values.name}
        error={errors['name']}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <OperatorPicker
        label={t('departments.inside')}
        empty={t('picker.dropHere')}
        chosen={values.operators}
        onChange={(chosen) => change({ operators: chosen })}
      />
      {changedElsewhere && <ChangedElsewhere onTheirs={discard} />}
      <FormError error={save.error} />
      <div className={page.line}>
        <Button type="submit" loading={save.isPending} disabled={!dirty || values.name.trim() === ''}>
          {t(id === null ? 'departments.add' : 'save')}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  );
}
