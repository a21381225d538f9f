import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAction } from '../../core/actions.ts';
import { useConversation } from '../../core/client.tsx';
import { useMembership } from '../../core/membership.ts';
import { PanelOrDrawer, usePanelFits } from '../../core/panel-or-drawer.tsx';
import { Separator } from '../../core/separator.tsx';
import { useUi } from '../../core/ui-store.ts';
import { useRowKeys } from '../../core/use-row-keys.ts';
import { VisitorPanel } from '../visitors/visitor-panel.tsx';
import { ChatList } from './chat-list.tsx';
import { ChatPane } from './chat-pane.tsx';
import styles from './chats-page.module.css';

const route = getRouteApi('/signed-in/');

/** The list, the open chat and its visitor, side by side as far as the screen allows. */
export function ChatsPage() {
  const { t } = useTranslation('conversations');
  const { role } = useMembership();
  const navigate = useNavigate();
  const { list: wanted = 'waiting', chat } = route.useSearch();
  const list = wanted === 'all' && role !== 'administrator' ? 'mine' : wanted;
  const conversation = useConversation(chat);
  const { listWidth, listOpen, panelOpen } = useUi();
  const panelFits = usePanelFits();
  const [drawer, setDrawer] = useState(false);
  const back = () => void navigate({ to: '/', search: { list } });
  const togglePanel = () => (panelFits ? useUi.setState({ panelOpen: !panelOpen }) : setDrawer(!drawer));

  useRowKeys('a[data-chat]', { next: t('action.next'), previous: t('action.previous') });
  useAction({
    id: 'toggle-list',
    label: t('action.toggleList'),
    keys: ['BracketLeft'],
    run: () => useUi.setState({ listOpen: !listOpen }),
  });
  useAction(
    chat === undefined
      ? null
      : { id: 'toggle-panel', label: t('action.togglePanel'), keys: ['BracketRight'], run: togglePanel },
  );

  return (
    <main
      className={styles.chats}
      data-open={chat !== undefined || undefined}
      data-list={listOpen || undefined}
    >
      <div className={styles.list} style={{ '--width': `${listWidth}px` }}>
        <ChatList list={list} chat={chat} />
      </div>
      <Separator
        className={styles.listLine}
        label={t('resizeList')}
        orientation="vertical"
        value={listWidth}
        min={260}
        max={480}
        paneAfter={false}
        onChange={(width) => useUi.setState({ listWidth: width })}
      />
      <div className={styles.thread}>
        {chat === undefined ? (
          <p className={styles.nothing}>{t('chooseOne')}</p>
        ) : (
          <ChatPane
            chat={chat}
            onBack={back}
            onTogglePanel={togglePanel}
            panelOpen={panelFits ? panelOpen : drawer}
          />
        )}
      </div>
      <PanelOrDrawer
        fits={panelFits}
        opened={panelFits ? panelOpen && conversation !== undefined : drawer && chat !== undefined}
        onClose={() => setDrawer(false)}
        title={t('panel.title')}
        closeLabel={t('panel.close')}
        resizeLabel={t('resizePanel')}
        drawerSize={340}
      >
        {conversation !== undefined && (
          <VisitorPanel key={conversation.visitor.id} conversation={conversation} />
        )}
      </PanelOrDrawer>
    </main>
  );
}
