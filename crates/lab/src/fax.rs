//! A fax machine, as far as a telephone system sees one: it begins a call with whatever codec, asks for T.38 or G.711 in the middle of it, and
//! then whistles. What it whistles is noise from a seed, so that every byte of it can be looked at when it has arrived.
//!
//! The same machine is a phone in the office (it registers) and the carrier's gateway (it is called and calls by the provider's proxy).

mod dialog;
mod stream;

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use self::dialog::{Dialog, copied, remote_audio};
pub use self::stream::Heard;
use crate::digest::{self, Account};
use crate::net::Host;
use crate::wire::{header, status};

/// G.711 µ-law.
pub const PCMU: u8 = 0;
/// G.711 A-law.
pub const PCMA: u8 = 8;
/// G.722.
pub const G722: u8 = 9;

/// What it would speak before it recognises a fax, best first.
const ALL: [u8; 3] = [G722, PCMA, PCMU];
const READ_STEP: Duration = Duration::from_millis(20);
/// Every request has a final response within this time.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
const MESSAGE_BYTES_MAX: usize = 65_536;

/// What a machine asks for in the middle of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// T.38 and nothing else.
    T38,
    /// Audio as it is, and T.38 beside it.
    AudioAndT38,
    /// G.711 with this payload type and nothing else, without silence suppression.
    G711(u8),
}

/// See the module.
#[derive(Debug)]
pub struct Fax {
    sip: UdpSocket,
    rtp: UdpSocket,
    proxy: SocketAddr,
    user: String,
    password: Option<String>,
    /// The payload types that it offers and takes, best first; all of them until it has a wish.
    formats: Vec<u8>,
    dialog: Option<Dialog>,
    count: u32,
    /// re-INVITEs that have come in this call, and been answered 200.
    asked: usize,
}

impl Fax {
    /// A machine at an address of a host, port 5060, which speaks to a server or proxy; the user is its number or SIP user name.
    ///
    /// # Errors
    ///
    /// When a port is taken.
    pub fn on(host: &Host, at: SocketAddr, proxy: SocketAddr, user: &str, password: Option<&str>) -> anyhow::Result<Fax> {
        let bind = || Ok::<_, std::io::Error>((UdpSocket::bind(at)?, UdpSocket::bind((at.ip(), 0))?));
        let (sip, rtp) = host.within(bind)?.with_context(|| format!("at {at}"))?;
        sip.set_read_timeout(Some(READ_STEP))?;
        Ok(Fax {
            sip,
            rtp,
            proxy,
            user: user.to_owned(),
            password: password.map(str::to_owned),
            formats: ALL.to_vec(),
            dialog: None,
            count: 0,
            asked: 0,
        })
    }

    /// Registers, so that it can be called.
    ///
    /// # Errors
    ///
    /// When it is refused.
    pub fn register(&mut self) -> anyhow::Result<()> {
        let address = format!("<sip:{}@farend>", self.user);
        let dialog = self.new_dialog("sip:farend", &address);
        let (response, _) = self.transact(dialog, "REGISTER", "Expires: 300\r\n", "")?;
        ensure!(status(&response) == Some(200), "{response}");
        Ok(())
    }

    /// Dials, and waits until somebody answers.
    ///
    /// # Errors
    ///
    /// When nobody does.
    pub fn dial(&mut self, target: &str) -> anyhow::Result<()> {
        (self.formats, self.asked) = (ALL.to_vec(), 0);
        let dialog = self.new_dialog(target, &format!("<{target}>"));
        let offer = self.audio(&self.formats);
        let (response, mut dialog) = self.transact(dialog, "INVITE", "", &offer)?;
        ensure!(status(&response) == Some(200), "{response}");
        dialog.answered(&response, &self.proxy);
        self.dialog = Some(dialog);
        Ok(())
    }

    /// Answers whatever comes until something is true.
    #[track_caller]
    pub fn attend_until(&mut self, what: &str, mut is_true: impl FnMut(&Fax) -> bool) {
        let begun = Instant::now();
        while !is_true(self) {
            assert!(begun.elapsed() < ANSWER_LIMIT, "waited in vain until {what}");
            // Responses to nothing, and requests that are answered already.
            let _ = self.receive();
        }
    }

    /// Whether it is in a call.
    pub fn is_talking(&self) -> bool {
        self.dialog.is_some()
    }

    /// The payload type of what it sends now.
    pub fn sends(&self) -> Option<u8> {
        self.dialog.as_ref().map(|dialog| dialog.payload_type)
    }

    /// How many times it was asked to change its last call, and did.
    pub fn times_asked(&self) -> usize {
        self.asked
    }

    /// Asks for something in the call: the final status, and the answer's m-lines.
    ///
    /// # Errors
    ///
    /// When there is no call, or nothing comes back.
    pub fn wish(&mut self, wish: Wish) -> anyhow::Result<(u16, Vec<String>)> {
        let dialog = self.dialog.clone().context("there is no call")?;
        let offer = match wish {
            Wish::T38 => format!("{}{}", self.session(), self.image()),
            Wish::AudioAndT38 => format!("{}{}", self.audio(&[dialog.payload_type]), self.image()),
            Wish::G711(law) => {
                self.formats = vec![law];
                format!("{}a=silenceSupp:off - - - -\r\n", self.audio(&[law]))
            }
        };
        let (response, mut dialog) = self.transact(dialog, "INVITE", "", &offer)?;
        if status(&response) == Some(200) {
            dialog.hear(&response);
        }
        self.dialog = Some(dialog);
        let lines = response.lines().filter(|line| line.starts_with("m="));
        Ok((status(&response).unwrap_or_default(), lines.map(str::to_owned).collect()))
    }

    /// Hangs up.
    ///
    /// # Errors
    ///
    /// When there is no call, or the other side knows of none.
    pub fn hang_up(&mut self) -> anyhow::Result<()> {
        let dialog = self.dialog.take().context("there is no call")?;
        let (response, _) = self.transact(dialog, "BYE", "", "")?;
        ensure!(status(&response) == Some(200), "{response}");
        Ok(())
    }

    /// Whistles so many packets of 20 ms, and listens meanwhile.
    ///
    /// # Errors
    ///
    /// When there is no call.
    pub fn whistle(&mut self, packets: usize, seed: u32) -> anyhow::Result<Heard> {
        let dialog = self.dialog.as_mut().context("there is no call")?;
        stream::exchange(&self.rtp, dialog, packets, seed)
    }

    // --- Messages ------------------------------------------------------------------------------------------------------------------------

    fn new_dialog(&mut self, target: &str, to: &str) -> Dialog {
        self.count += 1;
        let user = &self.user;
        Dialog {
            call: format!("fax-{user}-{}@lab", self.count),
            local: format!("<sip:{user}@farend>;tag=fax{}", self.count),
            remote: to.to_owned(),
            target: target.to_owned(),
            next_hop: self.proxy,
            ..Dialog::default()
        }
    }

    /// Sends a request, with the password when that is asked for, and waits for the final response. An INVITE is acknowledged.
    fn transact(&mut self, mut dialog: Dialog, method: &str, headers: &str, body: &str) -> anyhow::Result<(String, Dialog)> {
        let mut response = self.try_once(&mut dialog, method, headers, body)?;
        let credentials = self.password.clone().and_then(|password| {
            let account = Account {
                user: &self.user,
                password: &password,
            };
            digest::answer(&response, account, method, &dialog.target)
        });
        if let Some(credentials) = credentials {
            response = self.try_once(&mut dialog, method, &format!("{headers}{credentials}"), body)?;
        }
        Ok((response, dialog))
    }

    fn try_once(&mut self, dialog: &mut Dialog, method: &str, headers: &str, body: &str) -> anyhow::Result<String> {
        dialog.sequence += 1;
        let branch = format!("z9hG4bK-{}-{}", dialog.call, dialog.sequence);
        let request = self.request(dialog, method, &branch, headers, body)?;
        self.sip.send_to(request.as_bytes(), dialog.next_hop)?;
        let begun = Instant::now();
        let response = loop {
            ensure!(begun.elapsed() < ANSWER_LIMIT, "no final response to\n{request}");
            let Some(response) = self.receive() else { continue };
            let is_final = status(&response).is_some_and(|status| status >= 200);
            if is_final && header(&response, "Via").is_some_and(|via| via.contains(&branch)) {
                break response;
            }
        };
        if method == "INVITE" {
            let is_accepted = status(&response).is_some_and(|status| status < 300);
            let mut acknowledged = dialog.clone();
            header(&response, "To")
                .context("a response without To")?
                .clone_into(&mut acknowledged.remote);
            // The one of a refusal belongs to the transaction (RFC 3261 section 17.1.1.3).
            let branch = if is_accepted {
                acknowledged.answered(&response, &self.proxy);
                format!("{branch}-ack")
            } else {
                branch
            };
            let ack = self.request(&acknowledged, "ACK", &branch, "", "")?;
            self.sip.send_to(ack.as_bytes(), acknowledged.next_hop)?;
        }
        Ok(response)
    }

    fn request(&self, dialog: &Dialog, method: &str, branch: &str, headers: &str, body: &str) -> anyhow::Result<String> {
        let here = self.sip.local_addr()?;
        let (target, local, remote, call, sequence) = (&dialog.target, &dialog.local, &dialog.remote, &dialog.call, dialog.sequence);
        let routes: String = dialog.routes.iter().map(|route| format!("Route: {route}\r\n")).collect();
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        Ok(format!(
            "{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP {here};rport;branch={branch}\r\nMax-Forwards: 70\r\nFrom: {local}\r\nTo: {remote}\r\n\
             Call-ID: {call}\r\nCSeq: {sequence} {method}\r\nContact: <sip:{user}@{here}>\r\n{routes}{headers}{kind}Content-Length: {length}\r\n\r\n{body}",
            user = self.user,
            length = body.len()
        ))
    }

    /// The next response; requests are answered on the spot.
    fn receive(&mut self) -> Option<String> {
        let mut bytes = vec![0; MESSAGE_BYTES_MAX];
        let (length, from) = self.sip.recv_from(&mut bytes).ok()?;
        let message = String::from_utf8_lossy(&bytes[..length]).into_owned();
        if message.starts_with("SIP/2.0 ") {
            return Some(message);
        }
        let (line, body) = match message.split(' ').next().unwrap_or_default() {
            "ACK" => return None,
            "INVITE" => self.invited(&message, from),
            "BYE" => {
                self.dialog = None;
                ("200 OK", String::new())
            }
            _ => ("200 OK", String::new()),
        };
        let to = header(&message, "To")?;
        let tag = if to.contains(";tag=") { "" } else { ";tag=fax" };
        let here = self.sip.local_addr().ok()?;
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        let response = format!(
            "SIP/2.0 {line}\r\n{copied}To: {to}{tag}\r\nContact: <sip:{user}@{here}>\r\n{kind}Content-Length: {length}\r\n\r\n{body}",
            copied = copied(&message),
            user = self.user,
            length = body.len()
        );
        self.sip.send_to(response.as_bytes(), from).ok()?;
        None
    }

    /// A call, or a wish of the other side within one: it speaks what is offered first of what it takes.
    fn invited(&mut self, message: &str, from: SocketAddr) -> (&'static str, String) {
        let Some((_, offered)) = remote_audio(message) else {
            return ("488 Not Acceptable Here", String::new());
        };
        if self.dialog.is_none() {
            (self.formats, self.asked) = (ALL.to_vec(), 0);
        }
        let Some(law) = offered
            .into_iter()
            .find(|offered| self.formats.contains(offered) || self.dialog.is_some())
        else {
            return ("488 Not Acceptable Here", String::new());
        };
        match &mut self.dialog {
            Some(dialog) => {
                dialog.hear(message);
                self.asked += 1;
            }
            None => {
                let mut dialog = Dialog::of_invite(message, from);
                dialog.hear(message);
                self.dialog = Some(dialog);
            }
        }
        if let Some(dialog) = &mut self.dialog {
            dialog.payload_type = law;
        }
        ("200 OK", self.audio(&[law]))
    }

    fn session(&self) -> String {
        let ip = self.rtp.local_addr().expect("a bound socket").ip();
        let version = self.count + self.dialog.as_ref().map_or(0, |dialog| dialog.sequence) + u32::try_from(self.asked).unwrap_or(u32::MAX);
        format!("v=0\r\no=fax 1 {version} IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n")
    }

    fn audio(&self, formats: &[u8]) -> String {
        let port = self.rtp.local_addr().expect("a bound socket").port();
        let listed: String = formats.iter().map(|format| format!(" {format}")).collect();
        format!("{}m=audio {port} RTP/AVP{listed}\r\na=ptime:20\r\n", self.session())
    }

    fn image(&self) -> String {
        let port = self.rtp.local_addr().expect("a bound socket").port();
        format!("m=image {port} udptl t38\r\na=T38FaxVersion:0\r\na=T38MaxBitRate:14400\r\na=T38FaxRateManagement:transferredTCF\r\n")
    }
}
