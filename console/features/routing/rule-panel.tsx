import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Routing, UrlRule } from '#protocol/routing.ts';
import { fieldErrors } from '../../core/form-error.tsx';
import page from '../../core/page.module.css';
import { OperatorPicker } from './operator-picker.tsx';
import { PanelForm } from './panel-form.tsx';
import { SidePanel } from './side-panel.tsx';
import { useDraft } from './use-draft.ts';
import { tell, useRoutingChange } from './use-routing-change.ts';

type Props = { routing: Routing; rule: UrlRule | 'new' | null; onClose: () => void };

/** OP-09: enter a site or page address, drag operators, "Add routing". */
export function RulePanel({ routing, rule, onClose }: Props) {
  const { t } = useTranslation('routing');
  return (
    <SidePanel title={t(rule === 'new' ? 'urls.add' : 'urls.edit')} opened={rule !== null} onClose={onClose}>
      {rule !== null && <Inside routing={routing} rule={rule} onClose={onClose} />}
    </SidePanel>
  );
}

const blank = { address: '', operators: [] as string[] };

function Inside({ routing, rule, onClose }: Props & { rule: UrlRule | 'new' }) {
  const { t } = useTranslation('routing');
  const id = rule === 'new' ? null : rule.id;
  const stored = id === null ? blank : routing.rules.find((one) => one.id === id);
  const draft = useDraft(
    stored === undefined ? blank : { address: stored.address, operators: stored.operators },
  );
  const { values, change } = draft;
  const save = useRoutingChange();
  if (stored === undefined) return <p role="status">{t('urls.gone')}</p>;
  const address = values.address.trim();
  const nobody = values.operators.length === 0;
  const send = () =>
    save.mutate({
      method: id === null ? 'POST' : 'PUT',
      path: id === null ? '/v1/url-rules' : `/v1/url-rules/${id}`,
      body: { address, operators: values.operators },
      onDone: () => {
        tell(t(id === null ? 'urls.added' : 'urls.saved'))();
        onClose();
      },
    });
  return (
    <PanelForm
      draft={draft}
      save={save}
      label={t(id === null ? 'urls.add' : 'save')}
      incomplete={address === '' || nobody}
      onSubmit={send}
      onCancel={onClose}
      hint={draft.dirty && nobody && <p className={page.quiet}>{t('urls.needsOperator')}</p>}
    >
      <TextInput
        label={t('urls.address')}
        description={t('urls.addressHint')}
        placeholder="www.example.com/shop"
        inputMode="url"
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        maxLength={2048}
        dir="ltr"
        data-autofocus
        value={values.address}
        error={fieldErrors(save.error)['address']}
        onChange={(event) => change({ address: event.currentTarget.value })}
      />
      <OperatorPicker
        label={t('urls.inside')}
        empty={t('picker.dropHere')}
        chosen={values.operators}
        onChange={(operators) => change({ operators })}
      />
    </PanelForm>
  );
}
