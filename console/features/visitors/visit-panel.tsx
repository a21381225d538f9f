import { ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { uuidv7 } from '#client/ref.ts';
import type { SiteVisit } from '#protocol/visitors.ts';
import { Ago } from '../../core/ago.tsx';
import { browserName } from '../../core/browser-name.ts';
import { useClient, useConversation } from '../../core/client.tsx';
import { saveDraft } from '../../core/drafts.ts';
import { languageName } from '../../core/languages.ts';
import { useMembership } from '../../core/membership.ts';
import { Composer } from '../conversations/composer.tsx';
import { Fact, PageLink } from './facts.tsx';
import { VisitState } from './visit-state.tsx';
import styles from './visit-panel.module.css';
import panel from './visitor-panel.module.css';
import { nameOf } from './visits.ts';

/** Most letters of an invitation (protocol/visitors.ts). */
const INVITATION_LIMIT = 500;

/** VI-10: what is written here appears on the visitor's page. A refused invitation keeps its text. */
function Invite({ visit }: { visit: SiteVisit }) {
  const { t } = useTranslation('visitors');
  const { operatorId } = useMembership();
  const client = useClient();
  const [fault, setFault] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  const { invitation } = visit;
  const blocked =
    invitation === null ? null : t(invitation.state === 'waiting' ? 'invite.waits' : 'invite.dismissed');

  async function invite(text: string) {
    const ref = uuidv7();
    setFault(null);
    try {
      await client.send({ type: 'visitor.invite', ref, visitId: visit.id, text });
    } catch (error) {
      client.discard(ref);
      saveDraft(operatorId, visit.id, text);
      setFault((error as Error).message);
      setTries((count) => count + 1);
    }
  }

  return (
    <div className={styles.invite}>
      {fault !== null && (
        <p className={styles.fault} role="alert">
          {fault}
        </p>
      )}
      <Composer
        key={tries}
        conversationId={visit.id}
        blocked={blocked}
        placeholder={t('invite.write')}
        typingShows={false}
        onSend={(text) => void invite(text)}
        sendLabel={t('invite.send')}
        limit={INVITATION_LIMIT}
      />
    </div>
  );
}

function ChatLink({ conversationId }: { conversationId: string }) {
  const { t } = useTranslation('visitors');
  // A colleague's chat is not listed for everybody (OC-16).
  const known = useConversation(conversationId);
  if (known === undefined) return null;
  return (
    <p className={styles.chat}>
      <Link to="/" search={{ list: known.state === 'waiting' ? 'waiting' : 'mine', chat: conversationId }}>
        {t('openChat')}
      </Link>
    </p>
  );
}

/** One visitor of the list: where they have been, and the invitation. Without `onClose` its name stands above it. */
export function VisitPanel({ visit, onClose }: { visit: SiteVisit; onClose: (() => void) | null }) {
  const { t } = useTranslation('visitors');
  const { visitor, conversation, pages, visited, referrer, browser, language, since } = visit;
  return (
    <section className={styles.panel} aria-label={t('title')}>
      {onClose !== null && (
        <header className={panel.head}>
          <h2>
            <bdi>{nameOf(visit) ?? t('visitor')}</bdi>
          </h2>
          <span className={styles.space} />
          <ActionIcon variant="subtle" color="gray" aria-label={t('close')} onClick={onClose}>
            <IconX size={16} stroke={1.5} />
          </ActionIcon>
        </header>
      )}
      <div className={`${panel.panel} ${styles.scrolls}`}>
        <dl className={panel.facts}>
          <Fact name={t('column.state')}>
            <VisitState visit={visit} />
          </Fact>
          {visitor?.email != null && (
            <Fact name={t('email')}>
              <a href={`mailto:${visitor.email}`}>{visitor.email}</a>
            </Fact>
          )}
          <Fact name={t('cameFrom')}>{referrer ?? t('direct')}</Fact>
          {browser !== null && <Fact name={t('browser')}>{browserName(browser)}</Fact>}
          {language !== null && <Fact name={t('language')}>{languageName(language)}</Fact>}
          <Fact name={t('onSiteSince')}>
            <Ago at={since} inWords />
          </Fact>
        </dl>
        {conversation !== null && <ChatLink conversationId={conversation.id} />}
        <section>
          <h3>{t('pagesOf', { count: visited })}</h3>
          <ol className={panel.rows}>
            {pages.toReversed().map((page) => (
              <li key={`${page.at} ${page.url}`}>
                <PageLink page={page} />
                <Ago at={page.at} />
              </li>
            ))}
          </ol>
        </section>
      </div>
      {conversation === null && <Invite key={visit.id} visit={visit} />}
    </section>
  );
}
