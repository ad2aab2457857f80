//! A phone whose password has fallen into the wrong hands: it is let in, and says whatever it likes.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use lab::digest::{self, Account};
use lab::net::Host;
use lab::net::addresses::SERVER;
use lab::server::{SIP_PORT, SIP_SECRET};
use lab::wire::{header, status};

/// Every request has a final response within this time.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
const READ_STEP: Duration = Duration::from_millis(50);
const MESSAGE_BYTES_MAX: usize = 65_536;

/// See the module.
#[derive(Debug)]
pub(crate) struct Intruder {
    socket: UdpSocket,
    user: &'static str,
    local: SocketAddr,
    /// Counts requests, for all that has to be unique.
    count: u32,
    /// The response to calls that come in: its first line, and further header fields with their line ends.
    pub(crate) answer: (&'static str, String),
    /// Calls that have come in.
    pub(crate) called: usize,
}

/// What somebody asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ask<'a> {
    pub(crate) method: &'a str,
    pub(crate) target: &'a str,
    /// `To`, without its tag; as the target unless said otherwise.
    pub(crate) to: Option<&'a str>,
    /// `From`, without its tag; the phone's own unless said otherwise.
    pub(crate) from: Option<&'a str>,
    /// `Contact`; the phone's own unless said otherwise.
    pub(crate) contact: Option<&'a str>,
    /// Further header fields, each with its line end.
    pub(crate) headers: String,
}

/// What came of it.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) status: u16,
    call: String,
    to: String,
    contact: String,
}

impl Intruder {
    pub(crate) fn on(host: &Host, address: Ipv4Addr, user: &'static str) -> Intruder {
        let socket = host.within(|| UdpSocket::bind((address, SIP_PORT)).unwrap()).unwrap();
        socket.connect((SERVER, SIP_PORT)).unwrap();
        socket.set_read_timeout(Some(READ_STEP)).unwrap();
        Intruder {
            local: socket.local_addr().unwrap(),
            socket,
            user,
            count: 0,
            answer: ("SIP/2.0 486 Busy Here", String::new()),
            called: 0,
        }
    }

    /// Asks for something in a new dialog, with the password.
    pub(crate) fn ask(&mut self, ask: &Ask<'_>) -> Outcome {
        self.count += 1;
        let call = format!("intruder-{}-{}@lab", self.user, self.count);
        let to = ask.to.map_or_else(|| format!("<{}>", ask.target), str::to_owned);
        self.exchange(ask, &call, &to, 1)
    }

    /// Asks for something in a call.
    pub(crate) fn ask_within(&mut self, running: &Outcome, ask: &Ask<'_>) -> Outcome {
        self.count += 1;
        let ask = Ask {
            target: &running.contact,
            ..ask.clone()
        };
        self.exchange(&ask, &running.call, &running.to, 10 * self.count)
    }

    /// Calls by a Request-URI and nothing else that is special.
    pub(crate) fn call(&mut self, target: &str) -> Outcome {
        self.ask(&Ask {
            method: "INVITE",
            target,
            ..Ask::default()
        })
    }

    /// Calls, and gives up as soon as it rings. The final status.
    pub(crate) fn call_in_vain(&mut self, target: &str) -> u16 {
        self.count += 1;
        let call = format!("intruder-{}-{}@lab", self.user, self.count);
        let to = format!("<{target}>");
        let ask = Ask {
            method: "INVITE",
            target,
            ..Ask::default()
        };
        let challenge = self.transact(&ask, &call, &to, 1, "");
        let Some(credentials) = self.credentials(&challenge, "INVITE", target) else {
            return status(&challenge).unwrap();
        };
        let branch = self.branch(2);
        let ids = (call.as_str(), to.as_str(), 2, branch.as_str());
        let invite = self.request(&ask, "INVITE", ids, &credentials, &self.sdp());
        let cancel = self.request(&ask, "CANCEL", ids, "", "");
        self.socket.send(invite.as_bytes()).unwrap();
        status(&self.final_response(&ask, ids, &cancel)).unwrap()
    }

    pub(crate) fn hang_up(&mut self, running: &Outcome) {
        let bye = Ask {
            method: "BYE",
            ..Ask::default()
        };
        assert_eq!(self.ask_within(running, &bye).status, 200);
    }

    /// Answers what comes in until something is true.
    #[track_caller]
    pub(crate) fn attend_until(&mut self, what: &str, mut is_true: impl FnMut(&Intruder) -> bool) {
        let begun = Instant::now();
        while !is_true(self) {
            assert!(begun.elapsed() < ANSWER_LIMIT, "waited in vain until {what}");
            // Responses to nothing, and requests that are answered already.
            let _ = self.receive();
        }
    }

    /// Sends a request, proves who it is when asked to, and waits for the final response.
    fn exchange(&mut self, ask: &Ask<'_>, call: &str, to: &str, sequence: u32) -> Outcome {
        let mut response = self.transact(ask, call, to, sequence, "");
        if let Some(credentials) = self.credentials(&response, ask.method, ask.target) {
            response = self.transact(ask, call, to, sequence + 1, &credentials);
        }
        self.outcome(&response, ask, call)
    }

    fn outcome(&self, response: &str, ask: &Ask<'_>, call: &str) -> Outcome {
        let contact = header(response, "Contact").unwrap_or_default();
        let uri = contact.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
        Outcome {
            status: status(response).unwrap(),
            call: call.to_owned(),
            to: header(response, "To").unwrap().to_owned(),
            contact: uri.map_or(ask.target, |(uri, _)| uri).to_owned(),
        }
    }

    fn branch(&self, sequence: u32) -> String {
        format!("z9hG4bK-{}-{}-{sequence}", self.user, self.count)
    }

    fn transact(&mut self, ask: &Ask<'_>, call: &str, to: &str, sequence: u32, credentials: &str) -> String {
        let branch = self.branch(sequence);
        let body = if ask.method == "INVITE" { self.sdp() } else { String::new() };
        let ids = (call, to, sequence, branch.as_str());
        let request = self.request(ask, ask.method, ids, credentials, &body);
        self.socket.send(request.as_bytes()).unwrap();
        self.final_response(ask, ids, "")
    }

    /// Waits for the final response to a request, and acknowledges it where that is due. `at_ringing` is sent when it rings.
    fn final_response(&mut self, ask: &Ask<'_>, (call, _, sequence, branch): (&str, &str, u32, &str), at_ringing: &str) -> String {
        let begun = Instant::now();
        loop {
            assert!(begun.elapsed() < ANSWER_LIMIT, "no final response to {} {}", ask.method, ask.target);
            let Some(response) = self.receive() else { continue };
            let is_for_us = header(&response, "CSeq").is_some_and(|cseq| cseq.ends_with(ask.method))
                && header(&response, "Via").is_some_and(|via| via.contains(branch));
            match status(&response) {
                Some(180..200) if is_for_us && !at_ringing.is_empty() => {
                    self.socket.send(at_ringing.as_bytes()).unwrap();
                    continue;
                }
                Some(200..) if is_for_us => {}
                Some(_) | None => continue,
            }
            if ask.method == "INVITE" {
                let to = header(&response, "To").unwrap();
                // For a refusal it belongs to the transaction, otherwise it is one of its own (RFC 3261 sections 13.2.2.4 and 17.1.1.3).
                let accepted = status(&response).is_some_and(|status| status < 300);
                let branch = if accepted { format!("{branch}-ack") } else { branch.to_owned() };
                let ack = self.request(ask, "ACK", (call, to, sequence, &branch), "", "");
                self.socket.send(ack.as_bytes()).unwrap();
            }
            return response;
        }
    }

    fn request(&self, ask: &Ask<'_>, method: &str, ids: (&str, &str, u32, &str), credentials: &str, body: &str) -> String {
        let (call, to, sequence, branch) = ids;
        let (user, local, target) = (self.user, self.local, ask.target);
        let from = ask.from.map_or_else(|| format!("<sip:{user}@farend>"), str::to_owned);
        let contact = ask.contact.map_or_else(|| format!("<sip:{user}@{local}>"), str::to_owned);
        let further = if matches!(method, "ACK" | "CANCEL") { "" } else { &ask.headers };
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP {local};rport;branch={branch}\r\nMax-Forwards: 70\r\nFrom: {from};tag={user}\r\nTo: {to}\r\n\
             Call-ID: {call}\r\nCSeq: {sequence} {method}\r\nContact: {contact}\r\n{further}{credentials}{kind}Content-Length: {length}\r\n\r\n{body}",
            length = body.len()
        )
    }

    fn sdp(&self) -> String {
        let ip = self.local.ip();
        format!("v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n")
    }

    fn credentials(&self, response: &str, method: &str, target: &str) -> Option<String> {
        let account = Account {
            user: self.user,
            password: SIP_SECRET,
        };
        digest::answer(response, account, method, target)
    }

    /// The next response; requests are answered on the spot.
    fn receive(&mut self) -> Option<String> {
        let mut bytes = vec![0; MESSAGE_BYTES_MAX];
        let length = self.socket.recv(&mut bytes).ok()?;
        let message = String::from_utf8_lossy(&bytes[..length]).into_owned();
        if message.starts_with("SIP/2.0 ") {
            return Some(message);
        }
        let method = message.split(' ').next().unwrap_or_default();
        let (first, headers) = match method {
            "ACK" => return None,
            "INVITE" => {
                self.called += 1;
                (self.answer.0, self.answer.1.as_str())
            }
            _ => ("SIP/2.0 200 OK", ""),
        };
        let copied: String = message
            .lines()
            .take_while(|line| !line.is_empty())
            .filter(|line| ["Via:", "From:", "Call-ID:", "CSeq:"].iter().any(|name| line.starts_with(name)))
            .map(|line| format!("{line}\r\n"))
            .collect();
        let to = header(&message, "To").unwrap_or_default();
        let tag = if to.contains(";tag=") { "" } else { ";tag=intruder" };
        let response = format!("{first}\r\n{copied}To: {to}{tag}\r\n{headers}Content-Length: 0\r\n\r\n");
        self.socket.send(response.as_bytes()).unwrap();
        None
    }
}
