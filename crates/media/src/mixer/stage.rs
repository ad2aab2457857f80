//! Who is heard: the few loudest of those who talk. Whoever is heard stays for a moment, and is not driven away by somebody hardly louder.

use super::Seat;

/// Heard at the same time at most: more than this nobody understands.
pub const TALKERS_MAX: usize = 4;
/// By so much somebody must be louder than whom it drives away, in dB.
const LEAD_DB: f32 = 6.0;
/// Nobody is driven away before so many frames: 300 ms.
const STAY_TICKS: u32 = 15;

/// Somebody who talks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) seat: Seat,
    /// How loud, in dB.
    pub(super) score: f32,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Stage {
    places: [Option<Place>; TALKERS_MAX],
}

#[derive(Clone, Copy, Debug)]
struct Place {
    seat: Seat,
    ticks: u32,
}

impl Stage {
    pub(super) fn has(&self, seat: Seat) -> bool {
        self.places.iter().flatten().any(|place| place.seat == seat)
    }

    pub(super) fn leave(&mut self, seat: Seat) {
        for place in &mut self.places {
            if place.is_some_and(|place| place.seat == seat) {
                *place = None;
            }
        }
    }

    /// Whoever talks no more leaves; the others are weighed anew. Reorders the candidates.
    pub(super) fn choose(&mut self, candidates: &mut [Candidate]) {
        for place in &mut self.places {
            *place = place
                .filter(|place| candidates.iter().any(|candidate| candidate.seat == place.seat))
                .map(|place| Place {
                    ticks: place.ticks.saturating_add(1),
                    ..place
                });
        }
        for candidate in &mut *candidates {
            let place = self.places.iter().flatten().find(|place| place.seat == candidate.seat);
            candidate.score += match place {
                Some(place) if place.ticks < STAY_TICKS => f32::INFINITY,
                Some(_) => LEAD_DB,
                None => 0.0,
            };
        }
        candidates.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.seat.cmp(&b.seat)));
        let chosen = &candidates[..candidates.len().min(TALKERS_MAX)];
        for place in &mut self.places {
            *place = place.filter(|place| chosen.iter().any(|candidate| candidate.seat == place.seat));
        }
        for candidate in chosen {
            if !self.has(candidate.seat)
                && let Some(free) = self.places.iter_mut().find(|place| place.is_none())
            {
                *free = Some(Place {
                    seat: candidate.seat,
                    ticks: 0,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(stage: &mut Stage, scores: &[f32]) -> Vec<usize> {
        let mut candidates: Vec<Candidate> = scores
            .iter()
            .enumerate()
            .filter(|(_, score)| score.is_finite())
            .map(|(seat, score)| Candidate {
                seat: Seat(seat),
                score: *score,
            })
            .collect();
        stage.choose(&mut candidates);
        (0..scores.len()).filter(|seat| stage.has(Seat(*seat))).collect()
    }

    const SILENT: f32 = f32::NEG_INFINITY;

    #[test]
    fn the_loudest_are_heard_and_the_silent_are_not() {
        let mut stage = Stage::default();
        assert_eq!(choose(&mut stage, &[SILENT, -30.0, SILENT]), [1]);
        assert_eq!(choose(&mut stage, &[SILENT, SILENT, -20.0]), [2]);
        let mut stage = Stage::default();
        assert_eq!(choose(&mut stage, &[-30.0, -20.0, -25.0, -22.0, -40.0, -24.0]), [1, 2, 3, 5]);
    }

    #[test]
    fn whoever_is_heard_is_driven_away_neither_at_once_nor_by_somebody_hardly_louder() {
        let mut stage = Stage::default();
        let four = [-30.0, -30.0, -30.0, -33.0, SILENT];
        assert_eq!(choose(&mut stage, &four), [0, 1, 2, 3]);
        let shout = [-30.0, -30.0, -30.0, -33.0, -10.0];
        for _ in 0..STAY_TICKS - 1 {
            assert_eq!(choose(&mut stage, &shout), [0, 1, 2, 3]);
        }
        let slightly = [-30.0, -30.0, -30.0, -33.0, -28.0];
        for _ in 0..100 {
            assert_eq!(choose(&mut stage, &slightly), [0, 1, 2, 3]);
        }
        assert_eq!(choose(&mut stage, &shout), [0, 1, 2, 4]);
        // And it is not driven away in turn.
        assert_eq!(choose(&mut stage, &[-30.0, -30.0, -30.0, 0.0, -35.0]), [0, 1, 3, 4]);
    }

    #[test]
    fn whoever_leaves_makes_room() {
        let mut stage = Stage::default();
        choose(&mut stage, &[-30.0; 6]);
        stage.leave(Seat(2));
        assert!(!stage.has(Seat(2)));
        assert_eq!(choose(&mut stage, &[-30.0, -30.0, SILENT, -30.0, -30.0, -30.0]), [0, 1, 3, 4]);
    }
}
