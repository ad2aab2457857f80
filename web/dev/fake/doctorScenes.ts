/** Scenes of the doctor's pages. */
import { ailing } from './doctor.ts';
import type { Scene } from './scenes.ts';

export const doctorScenes: Record<string, Scene> = {
  doctor: { prepare: ({ server: { company } }) => void (company.doctor = ailing(new Date())) },
  'doctor-bare': {
    prepare: ({ server: { company } }) => {
      Object.assign(company.doctor, { history: [], networks: [], links: [], captures: [], flights: [] });
    },
  },
  'doctor-new': { prepare: ({ server: { company } }) => void (company.doctor.looked_at = null) },
};
