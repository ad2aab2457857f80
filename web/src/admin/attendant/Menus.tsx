import { IconListTree } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Menu } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import classes from '../Admin.module.css';
import { EditableList } from '../features/EditableList.tsx';
import { KEYS } from './menu.ts';
import { MenuForm } from './MenuForm.tsx';
import { useMenus } from './queries.ts';
import { useAnnouncementName, useChoiceWords } from './words.ts';

/** Numbers at which callers choose by keys where their call goes. */
export function Menus() {
  const { t } = useTranslation();
  const { api } = useBackend();
  const choiceWords = useChoiceWords();
  const announcementName = useAnnouncementName();
  return (
    <EditableList<Menu>
      id="menus"
      words={{
        title: t('attendant.menus'),
        text: t('attendant.menusText'),
        add: t('attendant.addMenu'),
        empty: t('attendant.noMenus'),
        emptyText: t('attendant.noMenusText'),
        deleteText: t('attendant.deleteMenuText'),
      }}
      icon={IconListTree}
      query={useMenus()}
      columns={[
        {
          title: t('admin.name'),
          plain: true,
          cell: ({ name }) => <strong className={classes.by}>{name}</strong>,
        },
        { title: t('teams.number'), className: 'figures', cell: ({ extension }) => extension },
        {
          title: t('attendant.greeting'),
          cell: ({ greeting_id }) =>
            greeting_id === null ? t('attendant.ownGreeting') : announcementName(greeting_id),
        },
        {
          title: t('attendant.keys'),
          cell: ({ keys }) =>
            keys.length === 0 ? (
              '–'
            ) : (
              <ul className={classes.details}>
                {[...keys]
                  .sort((a, b) => KEYS.indexOf(a.key) - KEYS.indexOf(b.key))
                  .map(({ key, choice }) => (
                    <li key={key}>
                      <strong className="figures">{key}</strong> {choiceWords(choice)}
                    </li>
                  ))}
              </ul>
            ),
        },
      ]}
      form={(menu, onClose) => <MenuForm menu={menu} onClose={onClose} />}
      onDelete={(id) => api.deleteMenu(id)}
    />
  );
}
