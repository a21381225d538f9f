import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Department, Routing } from '#protocol/routing.ts';
import { fieldErrors } from '../../core/form-error.tsx';
import { ask } from './ask.tsx';
import { countDestinations } from './count-destinations.ts';
import { OperatorPicker } from './operator-picker.tsx';
import { PanelForm } from './panel-form.tsx';
import { SidePanel } from './side-panel.tsx';
import { useDraft } from './use-draft.ts';
import { tell, useRoutingChange } from './use-routing-change.ts';

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
  const draft = useDraft(stored === undefined ? blank : { name: stored.name, operators: stored.operators });
  const { values, change } = draft;
  const save = useRoutingChange();
  const errors = fieldErrors(save.error);
  const { count, operators } = countDestinations(routing);
  const first = id === null && routing.departments.length === 0;
  const send = () => {
    const name = values.name.trim();
    save.mutate({
      method: id === null ? 'POST' : 'PUT',
      path: id === null ? '/v1/departments' : `/v1/departments/${id}`,
      body: { name, operators: values.operators, ...(first && { removes: count }) },
      onDone: () => {
        tell(t(id === null ? 'departments.added' : 'departments.saved', { name }))();
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
    <PanelForm
      draft={draft}
      save={save}
      label={t(id === null ? 'departments.add' : 'save')}
      incomplete={values.name.trim() === ''}
      onSubmit={first && count > 0 ? askFirst : send}
      onCancel={onClose}
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
    </PanelForm>
  );
}
