import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Routing } from '#protocol/routing.ts';
import { FormError } from '../../core/form-error.tsx';
import { useMembership } from '../../core/membership.ts';
import page from '../../core/page.module.css';
import { SaveBar } from '../../core/save-bar.tsx';
import { Failure } from '../../core/states.tsx';
import { ChangedElsewhere } from './changed-elsewhere.tsx';
import { OperatorPicker } from './operator-picker.tsx';
import { recipientsQuery } from './queries.ts';
import { RoutingPage } from './routing-page.tsx';
import { useDraft } from './use-draft.ts';
import { tell, useRoutingChange } from './use-routing-change.ts';

/** OP-08: who gets by e-mail what visitors leave while nobody is there. */
export function OfflineMessagesPage() {
  const { t } = useTranslation('routing');
  return (
    <RoutingPage title={t('offline.title')} says={t('offline.says')}>
      {({ offlineRecipients }) => (
        <>
          <Form offlineRecipients={offlineRecipients} />
          <Now offlineRecipients={offlineRecipients} />
        </>
      )}
    </RoutingPage>
  );
}

function Form({ offlineRecipients }: Pick<Routing, 'offlineRecipients'>) {
  const { t } = useTranslation('routing');
  const draft = useDraft({ operators: offlineRecipients });
  const save = useRoutingChange();
  return (
    <form
      className={`${page.form} ${page.section}`}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({
          method: 'PUT',
          path: '/v1/offline-recipients',
          body: draft.values,
          onDone: () => {
            draft.settle();
            tell(t('offline.saved'))();
          },
        });
      }}
    >
      <OperatorPicker
        label={t('offline.receive')}
        empty={t('offline.nobody')}
        chosen={draft.values.operators}
        onChange={(operators) => draft.change({ operators })}
      />
      {draft.changedElsewhere && <ChangedElsewhere onTheirs={draft.discard} />}
      <FormError error={save.error} />
      <SaveBar
        dirty={draft.dirty}
        saving={save.isPending}
        onDiscard={draft.discard}
        label={t('offline.update')}
      />
    </form>
  );
}

/** Where the e-mails go as it is stored, by the server's own word: with nobody chosen, to the owner. */
function Now({ offlineRecipients }: Pick<Routing, 'offlineRecipients'>) {
  const { t } = useTranslation('routing');
  const { operatorId } = useMembership();
  const recipients = useQuery(recipientsQuery(operatorId, offlineRecipients));
  if (recipients.isError) return <Failure error={recipients.error} retry={() => void recipients.refetch()} />;
  return (
    <section className={page.section} aria-labelledby="recipients">
      <h2 id="recipients">{t('offline.now')}</h2>
      {offlineRecipients.length === 0 && <p>{t('offline.owner')}</p>}
      <ul className={page.rows} aria-labelledby="recipients">
        {recipients.data?.recipients.map(({ name, address }) => (
          <li key={address}>
            <span className={page.grow}>
              <span dir="auto">{name}</span> <span className={page.quiet}>{address}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
