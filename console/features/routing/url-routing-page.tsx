import { Button, Checkbox, Switch } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Routing, RoutingSettings, UrlRule } from '#protocol/routing.ts';
import page from '../../core/page.module.css';
import { Empty } from '../../core/states.tsx';
import table from '../../core/table.module.css';
import { Table } from '../../core/table.tsx';
import { ActiveNotice } from './active-notice.tsx';
import { ask } from './ask.tsx';
import { OperatorNames } from './operator-names.tsx';
import { RoutingPage } from './routing-page.tsx';
import styles from './routing.module.css';
import { RowMenu } from './row-menu.tsx';
import { RulePanel } from './rule-panel.tsx';
import { tell, useQuickChange } from './use-routing-change.ts';

/** OP-09, OP-10: requests from an address go only to the operators of its rule. */
export function UrlRoutingPage() {
  const { t } = useTranslation('routing');
  const [edited, setEdited] = useState<UrlRule | 'new' | null>(null);
  const add = () => setEdited('new');
  return (
    <RoutingPage
      title={t('urls.title')}
      says={t('urls.says')}
      button={<Button onClick={add}>{t('urls.add')}</Button>}
    >
      {(routing) => (
        <>
          <ActiveNotice routing={routing} />
          <Switches settings={routing.settings} />
          {routing.rules.length === 0 ? (
            <Empty says={t('urls.none')}>
              <Button variant="default" onClick={add}>
                {t('urls.first')}
              </Button>
            </Empty>
          ) : (
            <Rules routing={routing} onEdit={setEdited} />
          )}
          <RulePanel routing={routing} rule={edited} onClose={() => setEdited(null)} />
        </>
      )}
    </RoutingPage>
  );
}

function Switches({ settings }: { settings: RoutingSettings }) {
  const { t } = useTranslation('routing');
  const { mutate, isPending } = useQuickChange();
  // A tick is seen at once, and taken back when it is refused.
  const [wanted, setWanted] = useState<Partial<RoutingSettings>>({});
  const { urlRouting, combine } = { ...settings, ...wanted };
  const set = (body: Partial<RoutingSettings>, says: string) => {
    setWanted(body);
    mutate(
      { method: 'PATCH', path: '/v1/routing', body, onDone: tell(says) },
      { onSettled: () => setWanted({}) },
    );
  };
  return (
    <section className={page.section} aria-label={t('urls.title')}>
      <Checkbox
        label={t('urls.enable')}
        checked={urlRouting}
        disabled={isPending}
        onChange={({ currentTarget: { checked } }) =>
          set({ urlRouting: checked }, t(checked ? 'urls.enabled' : 'urls.disabled'))
        }
      />
      <Switch
        label={t('urls.combine')}
        description={t('urls.combineSays')}
        checked={combine}
        disabled={isPending}
        onChange={({ currentTarget: { checked } }) =>
          set({ combine: checked }, t(checked ? 'urls.combined' : 'urls.apart'))
        }
      />
    </section>
  );
}

function Rules({ routing, onEdit }: { routing: Routing; onEdit: (rule: UrlRule) => void }) {
  const { t } = useTranslation('routing');
  const { mutate } = useQuickChange();
  const remove = ({ id, address }: UrlRule) =>
    ask({
      title: t('urls.removeTitle', { address }),
      says: [t(routing.rules.length === 1 ? 'urls.removeLastSays' : 'urls.removeSays')],
      confirm: t('remove'),
      danger: true,
      onConfirm: () =>
        mutate({
          method: 'DELETE',
          path: `/v1/url-rules/${id}`,
          onDone: tell(t('urls.removed', { address })),
        }),
    });
  return (
    <section className={`${page.section} ${page.wide}`} aria-labelledby="url-rules">
      <h2 id="url-rules">{t('urls.rules')}</h2>
      <p>{t('urls.order')}</p>
      <Table
        columns={[
          { says: t('urls.nr'), className: styles.nr },
          { says: t('urls.address') },
          { says: t('who') },
          { says: t('menu'), unseen: true },
        ]}
      >
        {routing.rules.map((rule, index) => (
          <tr key={rule.id}>
            <td className={styles.nr}>{index + 1}</td>
            <th scope="row" dir="ltr">
              {rule.address}
            </th>
            <td>
              <OperatorNames ids={rule.operators} none={t('urls.nobody')} />
            </td>
            <td className={table.menu}>
              <RowMenu
                label={t('menuOf', { name: rule.address })}
                onEdit={() => onEdit(rule)}
                onRemove={() => remove(rule)}
              />
            </td>
          </tr>
        ))}
      </Table>
    </section>
  );
}
