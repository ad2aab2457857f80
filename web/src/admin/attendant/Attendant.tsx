import outside from '../outside/Outside.module.css';
import { Announcements } from './Announcements.tsx';
import { Menus } from './Menus.tsx';
import { Prompts } from './Prompts.tsx';

/** Who answers callers when nobody does: menus, what they play, and what farend itself says. */
export function Attendant() {
  return (
    <div className={outside.sections}>
      <Menus />
      <Announcements />
      <Prompts />
    </div>
  );
}
