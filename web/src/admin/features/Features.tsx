import outside from '../outside/Outside.module.css';
import { CodesSection } from './CodesSection.tsx';
import { ParkingSection } from './ParkingSection.tsx';
import { PickUpGroups } from './PickUpGroups.tsx';
import { Rooms } from './Rooms.tsx';
import { TimeProfiles } from './TimeProfiles.tsx';

/** What the whole company shares: rooms, hours, who answers for whom, parking, codes. */
export function Features() {
  return (
    <div className={outside.sections}>
      <Rooms />
      <TimeProfiles />
      <PickUpGroups />
      <ParkingSection />
      <CodesSection />
    </div>
  );
}
