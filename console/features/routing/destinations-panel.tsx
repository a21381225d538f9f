import { Button, Checkbox } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Operator } from '#protocol/operators.ts';
import type { Destination, Routing } from '#protocol/routing.ts';
import { useRouting } from '../../core/client.tsx';
import { languageName } from '../../core/languages.ts';
import page from '../../core/page.module.css';
import { Skeleton } from '../../core/states.tsx';
import table from '../../core/table.module.css';
import { PanelForm } from './panel-form.tsx';
import styles from './routing.module.css';
import { SidePanel } from './side-panel.tsx';
import { useDraft } from './use-draft.ts';
import { tell, useRoutingChange } from './use-routing-change.ts';

type Props = { operator: Operator | null; onClose: () => void };

/** OP-11: the language x department grid of one operator. */
export function DestinationsPanel({ operator, onClose }: Props) {
  const { t } = useTranslation('routing');
  const routing = useRouting();
  const title = operator === null ? '' : t('destinations.of', { name: operator.name });
  return (
    <SidePanel title={title} opened={operator !== null} onClose={onClose}>
      {operator !== null && routing === null && <Skeleton rows={4} />}
      {operator !== null && routing !== null && (
        <Grid key={operator.id} operator={operator} routing={routing} onClose={onClose} />
      )}
    </SidePanel>
  );
}

const keyOf = ({ language, departmentId }: Destination): string => `${language} ${departmentId ?? ''}`;

function Grid({ operator, routing, onClose }: { operator: Operator; routing: Routing; onClose: () => void }) {
  const { t } = useTranslation('routing');
  const { settings, departments, destinations } = routing;
  const columns =
    departments.length > 0 ? departments : [{ id: null, name: t('destinations.serves'), operators: [] }];
  const cells = settings.languages.flatMap((language) =>
    columns.map(({ id }) => ({ language, departmentId: id })),
  );
  // In the order of the grid, so that the same ticks are the same value.
  const pick = (has: (key: string) => boolean) => cells.filter((cell) => has(keyOf(cell)));
  const own = new Set(destinations[operator.id]?.map(keyOf));
  const draft = useDraft({ chosen: pick((key) => own.has(key)) });
  const { values, change } = draft;
  const ticked = new Set(values.chosen.map(keyOf));
  const save = useRoutingChange();
  const tick = (cell: Destination, on: boolean) =>
    change({ chosen: pick((key) => (key === keyOf(cell) ? on : ticked.has(key))) });
  const send = () =>
    save.mutate({
      method: 'PUT',
      path: `/v1/operators/${operator.id}/destinations`,
      // A department or language that went in the meantime is not sent.
      body: { destinations: pick((key) => ticked.has(key)) },
      onDone: () => {
        tell(t('destinations.saved', { name: operator.name }))();
        onClose();
      },
    });
  return (
    <PanelForm draft={draft} save={save} label={t('save')} onSubmit={send} onCancel={onClose}>
      <div className={styles.grid} role="region" aria-label={t('destinations.title')} tabIndex={0}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{t('destinations.language')}</th>
              {columns.map(({ id, name }) => (
                <th key={id} scope="col" dir="auto">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {settings.languages.map((language) => (
              <tr key={language}>
                <th scope="row">{languageName(language)}</th>
                {columns.map(({ id, name }) => (
                  <td key={id}>
                    <Checkbox
                      aria-label={t('destinations.cell', {
                        language: languageName(language),
                        department: name,
                      })}
                      checked={ticked.has(keyOf({ language, departmentId: id }))}
                      onChange={(event) => tick({ language, departmentId: id }, event.currentTarget.checked)}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className={page.line}>
        <Button variant="default" size="compact-sm" onClick={() => change({ chosen: pick(() => true) })}>
          {t('destinations.all')}
        </Button>
        <Button variant="default" size="compact-sm" onClick={() => change({ chosen: [] })}>
          {t('destinations.clear')}
        </Button>
      </div>
      {ticked.size === 0 && (
        <p className={page.quiet}>
          {t(departments.length > 0 ? 'destinations.emptyWithDepartments' : 'destinations.empty', {
            name: operator.name,
          })}
        </p>
      )}
    </PanelForm>
  );
}
