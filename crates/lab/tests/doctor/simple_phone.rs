//! A desk phone that registers over UDP and answers questions (OPTIONS). As many phones do, it tells its address in its `Call-ID`, too.

use std::net::{Ipv4Addr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use lab::digest::{self, Account};
use lab::net::Host;
use lab::server::{SIP_PORT, SIP_SECRET};
use lab::wire::{header, status};

const ANSWER_LIMIT: Duration = Duration::from_secs(5);
const MESSAGE_BYTES_MAX: usize = 65_536;
const TARGET: &str = "sip:farend";
const REGISTERED_S: u16 = 3600;
/// What an answer repeats of its question (RFC 3261 section 8.2.6.2).
const REPEATED: [&str; 4] = ["Via", "From", "Call-ID", "CSeq"];

pub(crate) struct SimplePhone {
    socket: UdpSocket,
    address: Ipv4Addr,
    user: &'static str,
    responses: Receiver<String>,
    questions: Arc<AtomicUsize>,
    texts: Arc<AtomicU16>,
    requests: u32,
}

impl SimplePhone {
    /// A phone on this host, at SIP's usual port, whose server is at `server`.
    pub(crate) fn on(host: &Host, address: Ipv4Addr, server: Ipv4Addr, user: &'static str) -> SimplePhone {
        let socket = host.within(|| UdpSocket::bind((address, SIP_PORT))).unwrap().unwrap();
        socket.connect((server, SIP_PORT)).unwrap();
        let (sender, responses) = channel();
        let questions = Arc::new(AtomicUsize::new(0));
        let texts = Arc::new(AtomicU16::new(200));
        let (listening, asked, told) = (socket.try_clone().unwrap(), Arc::clone(&questions), Arc::clone(&texts));
        thread::spawn(move || {
            let mut bytes = vec![0; MESSAGE_BYTES_MAX];
            loop {
                // Errors are of packets that somebody has refused.
                let Ok(length) = listening.recv(&mut bytes) else { continue };
                let message = String::from_utf8_lossy(&bytes[..length]).into_owned();
                if message.starts_with("OPTIONS ") {
                    let _ = listening.send(answer(&message, 200).as_bytes());
                    asked.fetch_add(1, Ordering::Relaxed);
                } else if message.starts_with("MESSAGE ") {
                    let _ = listening.send(answer(&message, told.load(Ordering::Relaxed)).as_bytes());
                } else if status(&message).is_some() && sender.send(message).is_err() {
                    return;
                }
            }
        });
        SimplePhone {
            socket,
            address,
            user,
            responses,
            questions,
            texts,
            requests: 0,
        }
    }

    /// Registers, or registers once more.
    #[track_caller]
    pub(crate) fn register(&mut self) {
        self.register_for(REGISTERED_S);
    }

    /// Is gone, and says so.
    #[track_caller]
    pub(crate) fn unregister(&mut self) {
        self.register_for(0);
    }

    /// From now on it answers texts for its display with this status.
    pub(crate) fn answer_texts(&self, status: u16) {
        self.texts.store(status, Ordering::Relaxed);
    }

    /// How many questions it has answered.
    pub(crate) fn answered(&self) -> usize {
        self.questions.load(Ordering::Relaxed)
    }

    #[track_caller]
    fn register_for(&mut self, seconds: u16) {
        let account = Account {
            user: self.user,
            password: SIP_SECRET,
        };
        let challenge = self.ask(seconds, "");
        let credentials = digest::answer(&challenge, account, "REGISTER", TARGET).expect(&challenge);
        let answer = self.ask(seconds, &credentials);
        assert_eq!(status(&answer), Some(200), "{answer}");
    }

    #[track_caller]
    fn ask(&mut self, seconds: u16, credentials: &str) -> String {
        self.requests += 1;
        let (number, user, me) = (self.requests, self.user, format!("{}:{SIP_PORT}", self.address));
        let request = format!(
            "REGISTER {TARGET} SIP/2.0\r\nVia: SIP/2.0/UDP {me};rport;branch=z9hG4bK-{number}\r\nMax-Forwards: 70\r\n\
             From: <sip:{user}@farend>;tag=simple\r\nTo: <sip:{user}@farend>\r\nCall-ID: simple@{}\r\nCSeq: {number} REGISTER\r\n\
             Contact: <sip:{user}@{me}>\r\nExpires: {seconds}\r\n{credentials}Content-Length: 0\r\n\r\n",
            self.address
        );
        self.socket.send(request.as_bytes()).unwrap();
        let cseq = format!("{number} REGISTER");
        loop {
            let response = self.responses.recv_timeout(ANSWER_LIMIT).expect("REGISTER is answered");
            if header(&response, "CSeq") == Some(&cseq) && status(&response).is_some_and(|status| status >= 200) {
                return response;
            }
        }
    }
}

fn answer(question: &str, status: u16) -> String {
    let is_repeated = |line: &&str| REPEATED.iter().any(|name| line.starts_with(&format!("{name}: ")));
    let repeated: String = question.lines().filter(is_repeated).map(|line| format!("{line}\r\n")).collect();
    let to = header(question, "To").unwrap_or_default();
    format!("SIP/2.0 {status} So\r\n{repeated}To: {to};tag=simple\r\nContent-Length: 0\r\n\r\n")
}
