//! What a fax machine keeps of a call.

use std::net::SocketAddr;

use crate::wire::header;

/// A call, or a request that stands alone.
#[derive(Clone, Debug)]
pub(super) struct Dialog {
    pub(super) call: String,
    /// `From` of our requests, with its tag.
    pub(super) local: String,
    /// `To` of our requests.
    pub(super) remote: String,
    /// The Request-URI.
    pub(super) target: String,
    pub(super) routes: Vec<String>,
    pub(super) next_hop: SocketAddr,
    pub(super) sequence: u32,
    /// Where audio goes to.
    pub(super) audio: Option<SocketAddr>,
    pub(super) payload_type: u8,
    /// Of the packet sent last.
    pub(super) rtp_sequence: u16,
    pub(super) rtp_timestamp: u32,
}

impl Default for Dialog {
    fn default() -> Dialog {
        Dialog {
            call: String::new(),
            local: String::new(),
            remote: String::new(),
            target: String::new(),
            routes: Vec::new(),
            next_hop: SocketAddr::from(([0; 4], 0)),
            sequence: 0,
            audio: None,
            payload_type: 0,
            // Both wrap around within a story.
            rtp_sequence: u16::MAX - 100,
            rtp_timestamp: u32::MAX - 20_000,
        }
    }
}

impl Dialog {
    /// Of a call that comes in.
    pub(super) fn of_invite(invite: &str, from: SocketAddr) -> Dialog {
        let to = header(invite, "To").unwrap_or_default();
        Dialog {
            call: header(invite, "Call-ID").unwrap_or_default().to_owned(),
            local: format!("{to};tag=fax"),
            remote: header(invite, "From").unwrap_or_default().to_owned(),
            target: contact(invite).unwrap_or_default(),
            routes: recorded(invite),
            next_hop: from,
            ..Dialog::default()
        }
    }

    /// Our INVITE was answered: by which way the call goes on.
    pub(super) fn answered(&mut self, response: &str, proxy: &SocketAddr) {
        header(response, "To").unwrap_or_default().clone_into(&mut self.remote);
        self.target = contact(response).unwrap_or_default();
        // Within a call the way stays (RFC 3261 section 12.2).
        if self.audio.is_none() {
            self.routes = recorded(response);
            self.routes.reverse();
            self.next_hop = *proxy;
        }
        self.hear(response);
    }

    /// The other side's description.
    pub(super) fn hear(&mut self, message: &str) {
        if let Some((audio, formats)) = remote_audio(message) {
            self.audio = Some(audio);
            self.payload_type = formats.first().copied().unwrap_or(self.payload_type);
        }
    }
}

/// Where the audio of a description goes to, and its formats; none where it has no audio.
pub(super) fn remote_audio(message: &str) -> Option<(SocketAddr, Vec<u8>)> {
    let ip = message
        .lines()
        .find_map(|line| line.strip_prefix("c=IN IP4 "))?
        .trim()
        .parse()
        .ok()?;
    let audio = message.lines().find_map(|line| line.strip_prefix("m=audio "))?;
    let mut words = audio.split_whitespace();
    let port = words.next()?.parse().ok().filter(|port| *port != 0)?;
    // Static ones alone: it knows no others.
    let formats = words.skip(1).filter_map(|word| word.parse().ok()).filter(|format| *format < 96);
    Some((SocketAddr::new(ip, port), formats.collect()))
}

/// What a response repeats of its request.
pub(super) fn copied(request: &str) -> String {
    let lines = request.lines().take_while(|line| !line.is_empty());
    let repeated = lines.filter(|line| {
        ["Via:", "From:", "Call-ID:", "CSeq:", "Record-Route:"]
            .iter()
            .any(|name| line.starts_with(name))
    });
    repeated.map(|line| format!("{line}\r\n")).collect()
}

fn contact(message: &str) -> Option<String> {
    let (_, rest) = header(message, "Contact")?.split_once('<')?;
    Some(rest.split_once('>')?.0.to_owned())
}

fn recorded(message: &str) -> Vec<String> {
    let lines = message.lines().take_while(|line| !line.is_empty());
    lines
        .filter_map(|line| Some(line.strip_prefix("Record-Route:")?.trim().to_owned()))
        .collect()
}
