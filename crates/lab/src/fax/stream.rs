//! The whistling: noise in packets of 20 ms, and what is heard of the other side's.

use std::io::ErrorKind;
use std::net::UdpSocket;
use std::time::{Duration, Instant};

use anyhow::Context;
use rand::rngs::SmallRng;
use rand::{RngCore, SeedableRng};

use super::dialog::Dialog;

/// Real machines send silence before they whistle, and this is how long here: until then both sides have changed their codec.
const SILENCE_PACKETS: usize = 25;
/// Packets of the other machine may come so long after our own last one: it began later.
const TAIL: Duration = Duration::from_millis(1_500);
const PACKET: Duration = Duration::from_millis(20);
const PACKET_SAMPLES: u32 = 160;
const HEADER_BYTES: usize = 12;
const PACKET_BYTES_MAX: usize = 1_500;
/// Not noise, whatever the law: 160 times the same byte.
const SILENCE: u8 = 0xD5;

/// One side's view of an exchange.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// Payloads of noise that it has sent.
    pub sent: Vec<Vec<u8>>,
    /// Payloads of noise that have come, by sequence number.
    pub received: Vec<Vec<u8>>,
    /// Payload types of all that has come.
    pub payload_types: Vec<u8>,
}

/// Sends silence and noise, and listens.
pub(super) fn exchange(socket: &UdpSocket, dialog: &mut Dialog, packets: usize, seed: u32) -> anyhow::Result<Heard> {
    let to = dialog.audio.context("the other side has told no address")?;
    let mut random = SmallRng::seed_from_u64(seed.into());
    let mut heard = Heard::default();
    let mut arrived = Vec::new();
    drain(socket)?;
    let begun = Instant::now();
    for number in 0..SILENCE_PACKETS + packets {
        let mut payload = vec![SILENCE; PACKET_SAMPLES as usize];
        if number >= SILENCE_PACKETS {
            random.fill_bytes(&mut payload);
            heard.sent.push(payload.clone());
        }
        let due = begun + PACKET * u32::try_from(number).unwrap_or(u32::MAX);
        listen_until(socket, due, &mut arrived)?;
        socket.send_to(&packet(dialog, seed, &payload), to)?;
    }
    listen_until(socket, Instant::now() + TAIL, &mut arrived)?;
    let first = arrived.first().map_or(0, |(sequence, _, _)| *sequence);
    arrived.sort_by_key(|(sequence, _, _): &(u16, u8, Vec<u8>)| sequence.wrapping_sub(first).cast_signed());
    heard.payload_types = arrived.iter().map(|(_, payload_type, _)| *payload_type).collect();
    heard.payload_types.sort_unstable();
    heard.payload_types.dedup();
    let payloads = arrived.into_iter().map(|(_, _, payload)| payload);
    heard.received = payloads.filter(|payload| payload.iter().any(|byte| *byte != SILENCE)).collect();
    Ok(heard)
}

fn packet(dialog: &mut Dialog, ssrc: u32, payload: &[u8]) -> Vec<u8> {
    dialog.rtp_sequence = dialog.rtp_sequence.wrapping_add(1);
    dialog.rtp_timestamp = dialog.rtp_timestamp.wrapping_add(PACKET_SAMPLES);
    let mut packet = vec![0x80, dialog.payload_type];
    packet.extend(dialog.rtp_sequence.to_be_bytes());
    packet.extend(dialog.rtp_timestamp.to_be_bytes());
    packet.extend(&ssrc.to_be_bytes());
    packet.extend(payload);
    packet
}

/// What has come before belongs to another story.
fn drain(socket: &UdpSocket) -> anyhow::Result<()> {
    listen_until(socket, Instant::now() + Duration::from_millis(1), &mut Vec::new())
}

fn listen_until(socket: &UdpSocket, until: Instant, arrived: &mut Vec<(u16, u8, Vec<u8>)>) -> anyhow::Result<()> {
    let mut bytes = [0; PACKET_BYTES_MAX];
    while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        socket.set_read_timeout(Some(left))?;
        match socket.recv(&mut bytes) {
            Ok(length) if length > HEADER_BYTES => {
                let sequence = u16::from_be_bytes([bytes[2], bytes[3]]);
                arrived.push((sequence, bytes[1] & 0x7f, bytes[HEADER_BYTES..length].to_vec()));
            }
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
