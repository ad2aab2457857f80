//! What a page hears, when, and how it has travelled.

use std::net::IpAddr;
use std::time::Duration;

use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::Browser;
use crate::tone::Sound;

/// Samples per second of what a page hears; `ear.js` has the same figure.
const EAR_RATE_HZ: u32 = 16_000;

/// How a page's media travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaPath {
    /// `udp` or `tcp`.
    pub protocol: String,
    /// The server's port.
    pub server_port: u64,
    /// The server's address, where it has told us.
    pub server_ip: Option<IpAddr>,
    /// What kind of candidate our own address is: `host`, `srflx`, `prflx` or `relay`.
    pub local_kind: String,
    /// How the relay is reached, where our own is one: `udp`, `tcp` or `tls`.
    pub relayed_over: Option<String>,
    /// What kind the server's is.
    pub remote_kind: String,
    /// Such as `audio/opus`.
    pub codec: String,
}

impl Browser {
    /// What the page's remote tracks have sounded like since the last time that somebody asked.
    ///
    /// # Errors
    ///
    /// When the page does not answer.
    pub fn heard(&self) -> anyhow::Result<Sound> {
        let text = self.evaluate("lab.heard()")?;
        let bytes = STANDARD.decode(text.as_str().context("no sound")?)?;
        let samples: Vec<f32> = bytes
            .chunks_exact(2)
            .map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32768.0)
            .collect();
        let mut recording = self.recording.borrow_mut();
        recording.rate_hz = EAR_RATE_HZ;
        recording.samples.extend_from_slice(&samples);
        Ok(Sound {
            samples,
            rate_hz: EAR_RATE_HZ,
        })
    }

    /// How much of what was heard is not in the recording since the last time that somebody asked, because the page was busy.
    ///
    /// # Errors
    ///
    /// When the page does not answer.
    pub fn missed(&self) -> anyhow::Result<Duration> {
        let seconds = self.evaluate("lab.missed_seconds()")?;
        Ok(Duration::from_secs_f64(seconds.as_f64().context("no time")?))
    }

    /// How long after the answer the youngest call's first sound came; none while there is none. As the page measures it: a sound counts when
    /// it has been decoded and mixed, and is seen up to 10 ms too late, more when the page is busy, never too early.
    ///
    /// # Errors
    ///
    /// When the page does not answer.
    pub fn first_sound(&self) -> anyhow::Result<Option<Duration>> {
        let ms = self.evaluate("lab.first_sound_ms()")?;
        Ok(ms.as_f64().map(|ms| Duration::from_secs_f64(ms.max(0.0) / 1000.0)))
    }

    /// How long after the last press of the Enter key the youngest call's answer came; none while there is none.
    ///
    /// # Errors
    ///
    /// When the page does not answer.
    pub fn answered(&self) -> anyhow::Result<Option<Duration>> {
        let ms = self.evaluate("lab.answer_ms()")?;
        Ok(ms.as_f64().map(|ms| Duration::from_secs_f64(ms.max(0.0) / 1000.0)))
    }

    /// How the running call's media travels, by the browser's own statistics.
    ///
    /// # Errors
    ///
    /// When there is no connection.
    pub fn media_path(&self) -> anyhow::Result<MediaPath> {
        let path = self.evaluate("lab.path()")?;
        let word = |value: &Value| value.as_str().map(str::to_owned);
        Ok(MediaPath {
            protocol: word(&path["local"]["protocol"]).context("no selected pair")?,
            server_ip: path["remote"]["address"]
                .as_str()
                .and_then(|ip| ip.trim_matches(['[', ']']).parse().ok()),
            server_port: path["remote"]["port"].as_u64().context("no port")?,
            local_kind: word(&path["local"]["candidateType"]).context("no kind of candidate")?,
            relayed_over: word(&path["local"]["relayProtocol"]),
            remote_kind: word(&path["remote"]["candidateType"]).context("no kind of candidate")?,
            codec: word(&path["codec"]).context("no codec")?,
        })
    }
}
