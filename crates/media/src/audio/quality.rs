//! How a stream sounded, and how a call feels: loss and jitter by RFC 3550, opinion by the E-model, level, silence.

mod level;
mod stream;

pub use level::{LEVEL_SILENT_DBOV, SilenceMeter, is_digital_silence, level_payload, level_pcm};
pub use stream::StreamStatistics;

use super::codec::Codec;

/// The mean opinion score (1.0 to 4.5) of one direction, by the E-model of ITU-T G.107 with its default values.
///
/// `one_way_delay_ms` is mouth to ear: half the round trip plus jitter buffer plus the codec's frame. `loss_percent` is what is lost
/// on the way plus what comes too late, as random loss.
#[must_use]
pub fn mos(codec: Codec, one_way_delay_ms: f32, loss_percent: f32) -> f32 {
    let rating = rating(
        codec,
        f64::from(one_way_delay_ms.clamp(0.0, 5_000.0)),
        f64::from(loss_percent.clamp(0.0, 100.0)),
    );
    mos_of_rating(rating) as f32
}

/// Equipment impairment `Ie` and robustness against loss `Bpl` (ITU-T G.113, appendix I).
///
/// G.711 with packet loss concealment: 0 and 25.1. For G.722 and Opus G.113 has no values on this narrow-band scale; both sound
/// at least as good as G.711, so its values are a floor: a MOS here says what the network did, not how wide the band is.
const fn impairment(codec: Codec) -> (f64, f64) {
    match codec {
        Codec::Pcma | Codec::Pcmu | Codec::G722 | Codec::Opus => (0.0, 25.1),
    }
}

/// Loudness ratings, echo losses and noise of G.107's table of default values.
const SEND_LOUDNESS_DB: f64 = 8.0;
const RECEIVE_LOUDNESS_DB: f64 = 2.0;
const TALKER_ECHO_LOSS_DB: f64 = 65.0;
const ECHO_PATH_LOSS_DB: f64 = 110.0;
const NOISE_SUM_DBM0P: f64 = -61.18;
/// `Is` of the default values: side tone, loudness and quantization.
const SIMULTANEOUS_IMPAIRMENT: f64 = 1.41;

/// The rating R, 0 to 93.2. No echo canceller stands between us and the phones, so talker and listener echo have the same delay.
fn rating(codec: Codec, delay_ms: f64, loss_percent: f64) -> f64 {
    let signal_to_noise = 15.0 - 1.5 * (SEND_LOUDNESS_DB + NOISE_SUM_DBM0P);
    let (equipment, robustness) = impairment(codec);
    let effective = equipment + (95.0 - equipment) * loss_percent / (loss_percent + robustness);
    signal_to_noise
        - SIMULTANEOUS_IMPAIRMENT
        - talker_echo(delay_ms)
        - listener_echo(2.0 * delay_ms, signal_to_noise)
        - long_delay(delay_ms)
        - effective
}

/// `Idte`, G.107 section 7.4.
fn talker_echo(delay_ms: f64) -> f64 {
    let loudness = TALKER_ECHO_LOSS_DB - 40.0 * ((1.0 + delay_ms / 10.0) / (1.0 + delay_ms / 150.0)).log10()
        + 6.0 * (-0.3 * delay_ms * delay_ms).exp();
    let echo = 80.0 + 2.5 * (loudness - 14.0);
    let noise = -1.5 * (NOISE_SUM_DBM0P - RECEIVE_LOUDNESS_DB);
    let half = (noise - echo) / 2.0;
    (half + (half * half + 100.0).sqrt() - 1.0) * (1.0 - (-delay_ms).exp())
}

/// `Idle`, G.107 section 7.4.
fn listener_echo(round_trip_ms: f64, signal_to_noise: f64) -> f64 {
    let echo = 10.5 * (ECHO_PATH_LOSS_DB + 7.0) * (round_trip_ms + 1.0).powf(-0.25);
    let half = (signal_to_noise - echo) / 2.0;
    half + (half * half + 169.0).sqrt()
}

/// `Idd`, G.107 section 7.4: nobody minds the first 100 ms.
fn long_delay(delay_ms: f64) -> f64 {
    if delay_ms <= 100.0 {
        return 0.0;
    }
    let x = (delay_ms / 100.0).log2();
    let root = |x: f64| (1.0 + x.powi(6)).powf(1.0 / 6.0);
    25.0 * (root(x) - 3.0 * root(x / 3.0) + 2.0)
}

/// G.107 annex B.
fn mos_of_rating(rating: f64) -> f64 {
    if rating <= 0.0 {
        return 1.0;
    }
    if rating >= 100.0 {
        return 4.5;
    }
    (1.0 + 0.035 * rating + rating * (rating - 60.0) * (100.0 - rating) * 7e-6).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_impairment_the_rating_is_that_of_the_recommendation() {
        // G.107 section 7.7: with all default values R is 93.2, and MOS 4.41.
        assert!((rating(Codec::Pcma, 0.0, 0.0) - 93.2).abs() < 0.05);
        assert!((mos(Codec::Pcma, 0.0, 0.0) - 4.41).abs() < 0.01);
    }

    #[test]
    fn opinion_follows_the_table_of_annex_b() {
        // G.107 table B.1: lower limits of R and the MOS that belongs to them.
        for (rating, mos) in [
            (90.0, 4.34),
            (80.0, 4.03),
            (70.0, 3.60),
            (60.0, 3.10),
            (50.0, 2.58),
            (0.0, 1.0),
            (100.0, 4.5),
        ] {
            assert!((mos_of_rating(rating) - mos).abs() < 0.01, "R {rating}");
        }
    }

    /// G.107 (06/2015) with all its default values and all its terms, `No` and `Is` among them, worked out by another program; Ie and Bpl of
    /// G.711 with concealment are those of G.113 appendix I: 0 and 25.1, random loss.
    #[test]
    fn opinion_is_that_of_the_whole_e_model() {
        for (delay_ms, loss_percent, rating_then, mos_then) in [
            (0.0, 0.0, 93.21, 4.409),
            (50.0, 0.0, 91.76, 4.380),
            (100.0, 0.0, 90.66, 4.355),
            (150.0, 0.0, 89.54, 4.328),
            (200.0, 0.0, 85.80, 4.223),
            (250.0, 0.0, 79.18, 3.993),
            (300.0, 0.0, 72.67, 3.719),
            (350.0, 0.0, 67.03, 3.455),
            (400.0, 0.0, 62.25, 3.216),
            (0.0, 1.0, 89.57, 4.328),
            (0.0, 2.0, 86.20, 4.235),
            (0.0, 5.0, 77.43, 3.923),
            (0.0, 10.0, 66.14, 3.411),
            (0.0, 20.0, 51.08, 2.632),
            (150.0, 2.0, 82.53, 4.116),
            (250.0, 5.0, 63.40, 3.274),
        ] {
            let rating = rating(Codec::Pcma, f64::from(delay_ms), f64::from(loss_percent));
            assert!((rating - rating_then).abs() < 0.1, "{delay_ms} ms, {loss_percent} %: R {rating:.2}");
            let mos = mos(Codec::Pcma, delay_ms, loss_percent);
            assert!((mos - mos_then).abs() < 0.01, "{delay_ms} ms, {loss_percent} %: MOS {mos:.3}");
        }
    }

    #[test]
    fn delay_costs_what_g_114_says() {
        // ITU-T G.114 figure 1 (E-model, no other impairment): R stays above 90 up to 150 ms, is about 80 at 250 ms, 70 at 350 ms.
        for (delay_ms, low, high) in [
            (50.0, 91.0, 93.0),
            (150.0, 88.0, 91.0),
            (250.0, 78.0, 83.0),
            (350.0, 67.0, 73.0),
            (400.0, 62.0, 69.0),
        ] {
            let rating = rating(Codec::Pcma, delay_ms, 0.0);
            assert!((low..high).contains(&rating), "{delay_ms} ms: {rating:.1}");
        }
    }

    #[test]
    fn more_loss_and_more_delay_are_never_better() {
        for codec in Codec::ALL {
            let mut worst = 4.5;
            for step in 0..100_u8 {
                let now = mos(codec, 20.0 + f32::from(step) * 5.0, f32::from(step) / 2.0);
                assert!(now <= worst && (1.0..=4.5).contains(&now), "{codec:?} step {step}");
                worst = now;
            }
        }
        assert_eq!(
            mos(Codec::Opus, f32::NAN, f32::NAN),
            mos(Codec::Opus, f32::NAN, f32::NAN).clamp(1.0, 4.5)
        );
    }
}
