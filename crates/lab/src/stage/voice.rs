//! What a phone of the stage says and hears: RTP with G.711 µ-law in packets of 20 ms.

use std::f64::consts::TAU;
use std::net::{SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::LOOPBACK;
use crate::tone::Sound;
use crate::wait;

const RATE_HZ: u32 = 8000;
const PACKET: Duration = Duration::from_millis(20);
const PACKET_SAMPLES: u32 = 160;
const HEADER_BYTES: usize = 12;
const PACKET_BYTES_MAX: usize = 1_500;
const PCMU: u8 = 0;
/// A tone must be heard for so long without a break.
const HEARD_SECONDS: f64 = 1.0;
/// Within this time.
const HEARING_LIMIT: Duration = Duration::from_secs(10);

/// A mouth and an ear at a port; it ends with this value.
#[derive(Debug)]
pub struct Voice {
    port: u16,
    shared: Arc<Mutex<Shared>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Where to, and the tone in hertz.
    says: Option<(SocketAddr, f64)>,
    heard: Vec<f32>,
    is_over: bool,
}

impl Voice {
    /// Takes any free port.
    pub(super) fn start() -> anyhow::Result<Voice> {
        let socket = UdpSocket::bind((LOOPBACK, 0))?;
        let port = socket.local_addr()?.port();
        let shared = Arc::new(Mutex::new(Shared::default()));
        let theirs = Arc::clone(&shared);
        let thread = std::thread::spawn(move || run(&socket, &theirs));
        Ok(Voice {
            port,
            shared,
            thread: Some(thread),
        })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn says(&self, to_port: u16, tone_hz: f64) {
        lock(&self.shared).says = Some((SocketAddr::new(LOOPBACK.parse().expect("an address"), to_port), tone_hz));
    }

    /// Says nothing more.
    pub fn falls_silent(&self) {
        lock(&self.shared).says = None;
    }

    /// Waits until it steadily hears a tone for a second from now on.
    ///
    /// # Panics
    ///
    /// When it does not in time.
    #[track_caller]
    pub fn hears(&self, tone_hz: f64) {
        self.listens(&format!("{tone_hz} Hz are heard"), tone_hz, |heard| {
            heard.has_steady(tone_hz, HEARD_SECONDS)
        });
    }

    /// Waits until it has heard something else than these tones for a second from now on: music, or a tone of the exchange.
    ///
    /// # Panics
    ///
    /// When it does not in time.
    #[track_caller]
    pub fn hears_music(&self, tones_hz: &[f64]) {
        self.listens("music is heard", tones_hz[0], |heard| {
            heard.seconds_of_other_than(tones_hz) >= HEARD_SECONDS
        });
    }

    /// Waits until it steadily hears these tones together for a second from now on, and none of the others.
    ///
    /// # Panics
    ///
    /// When it does not in time.
    #[track_caller]
    pub fn hears_together(&self, present: &[f64], absent: &[f64]) {
        self.listens(&format!("{present:?} Hz are heard together"), present[0], |heard| {
            heard.has_steady_mix(present, absent, HEARD_SECONDS)
        });
    }

    #[track_caller]
    fn listens(&self, what: &str, tone_hz: f64, enough: impl Fn(&Sound) -> bool) {
        let from = lock(&self.shared).heard.len();
        let begun = Instant::now();
        wait::until_true_seldom(what, 2 * HEARING_LIMIT, || {
            let heard = Sound {
                samples: lock(&self.shared).heard[from..].to_vec(),
                rate_hz: RATE_HZ,
            };
            let enough = enough(&heard);
            assert!(
                enough || begun.elapsed() < HEARING_LIMIT,
                "waited in vain until {what}; by tenths of a second (t {tone_hz} Hz, x something else): {}",
                heard.picture(tone_hz)
            );
            enough
        });
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        lock(&self.shared).is_over = true;
        if let Some(thread) = self.thread.take() {
            // It has nothing to panic about.
            let _ = thread.join();
        }
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().expect("nobody panics while holding a voice")
}

fn run(socket: &UdpSocket, shared: &Mutex<Shared>) {
    let begun = Instant::now();
    let mut number = 0_u32;
    loop {
        listen_until(socket, begun + PACKET * number, shared);
        let (says, is_over) = {
            let shared = lock(shared);
            (shared.says, shared.is_over)
        };
        if is_over {
            return;
        }
        if let Some((to, tone_hz)) = says {
            // Who has gone hears nothing.
            let _ = socket.send_to(&packet(number, tone_hz), to);
        }
        number += 1;
    }
}

fn listen_until(socket: &UdpSocket, until: Instant, shared: &Mutex<Shared>) {
    let mut bytes = [0; PACKET_BYTES_MAX];
    while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        if socket.set_read_timeout(Some(left)).is_err() {
            return;
        }
        // Nothing has come, or somebody there has gone.
        let Ok(length) = socket.recv(&mut bytes) else { continue };
        if length > HEADER_BYTES && bytes[1] & 0x7f == PCMU {
            let samples = bytes[HEADER_BYTES..length].iter().map(|byte| decoded(*byte));
            lock(shared).heard.extend(samples);
        }
    }
}

fn packet(number: u32, tone_hz: f64) -> Vec<u8> {
    let sequence = (number % (1 << 16)) as u16;
    let timestamp = number.wrapping_mul(PACKET_SAMPLES);
    let mut packet = vec![0x80, PCMU];
    packet.extend(sequence.to_be_bytes());
    packet.extend(timestamp.to_be_bytes());
    packet.extend(0x5eed_u32.to_be_bytes());
    packet.extend((0..PACKET_SAMPLES).map(|at| {
        let phase = TAU * tone_hz * f64::from(timestamp.wrapping_add(at)) / f64::from(RATE_HZ);
        encoded(phase.sin() * 0.5)
    }));
    packet
}

/// µ-law (ITU-T G.711): sign, three bits of exponent, four of mantissa, all inverted.
fn encoded(sample: f64) -> u8 {
    let sign = if sample < 0.0 { 0x80 } else { 0 };
    let magnitude = ((sample.abs() * 32_767.0) as u32).min(32_635) + 132;
    let exponent = magnitude.ilog2() - 7;
    let mantissa = (magnitude >> (exponent + 3)) & 0x0f;
    !(sign | (exponent << 4) as u8 | mantissa as u8)
}

fn decoded(byte: u8) -> f32 {
    let byte = !byte;
    let magnitude = (((i32::from(byte & 0x0f) << 3) + 132) << ((byte >> 4) & 7)) - 132;
    let sample = magnitude as f32 / 32_768.0;
    if byte & 0x80 == 0 { sample } else { -sample }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_survives_its_code() {
        let samples: Vec<f32> = (0..50)
            .flat_map(|number| packet(number, 440.0)[HEADER_BYTES..].to_vec())
            .map(decoded)
            .collect();
        let sound = Sound { samples, rate_hz: RATE_HZ };
        assert!(sound.has_steady(440.0, 1.0), "{}", sound.picture(440.0));
        for step in -100..=100 {
            let sample = f64::from(step) / 101.0;
            assert!(
                (f64::from(decoded(encoded(sample))) - sample).abs() <= 0.04 * sample.abs() + 0.001,
                "{sample}"
            );
        }
    }
}
