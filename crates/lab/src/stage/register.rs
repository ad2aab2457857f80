//! Registers a phone from the port at which SIPp will then play it.

use std::net::UdpSocket;
use std::time::Duration;

use anyhow::{Context, ensure};

use super::LOOPBACK;
use crate::digest::{self, Account};
use crate::server::SIP_PORT;
use crate::wire::status;

/// The server answers within this time, on a machine that does many things.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
const MESSAGE_BYTES_MAX: usize = 65_536;
const TARGET: &str = "sip:farend";

pub(super) fn register(port: u16, account: Account<'_>) -> anyhow::Result<()> {
    let socket = UdpSocket::bind((LOOPBACK, port))?;
    socket.connect((LOOPBACK, SIP_PORT))?;
    socket.set_read_timeout(Some(ANSWER_LIMIT))?;
    let challenge = ask(&socket, (port, account.user), 1, "")?;
    let credentials = digest::answer(&challenge, account, "REGISTER", TARGET).with_context(|| challenge.clone())?;
    let answer = ask(&socket, (port, account.user), 2, &credentials)?;
    ensure!(status(&answer) == Some(200), "{answer}");
    Ok(())
}

/// Sends one REGISTER, and waits for its final response.
fn ask(socket: &UdpSocket, (port, sip_user): (u16, &str), number: u32, credentials: &str) -> anyhow::Result<String> {
    let request = format!(
        "REGISTER {TARGET} SIP/2.0\r\nVia: SIP/2.0/UDP {LOOPBACK}:{port};rport;branch=z9hG4bK-register-{port}-{number}\r\nMax-Forwards: 70\r\n\
         From: <sip:{sip_user}@farend>;tag=register-{port}\r\nTo: <sip:{sip_user}@farend>\r\nCall-ID: register-{port}@lab\r\n\
         CSeq: {number} REGISTER\r\nContact: <sip:{sip_user}@{LOOPBACK}:{port}>\r\nExpires: 3600\r\n{credentials}Content-Length: 0\r\n\r\n"
    );
    socket.send(request.as_bytes())?;
    let mut bytes = [0; MESSAGE_BYTES_MAX];
    loop {
        let length = socket.recv(&mut bytes).context("no answer to REGISTER")?;
        let answer = String::from_utf8_lossy(&bytes[..length]).into_owned();
        if status(&answer).is_some_and(|status| status >= 200) {
            return Ok(answer);
        }
    }
}
