//! Ports of our own that tell browsers what they look like from here: more witnesses for the candidate test, where UDP reaches us.

use std::io;
use std::net::{IpAddr, SocketAddr};

use doctor::stun::server::Responder;
use tokio::io::Interest;
use tokio::net::UdpSocket;
use tokio::time::Instant;

use crate::datagrams::{Datagrams, Fragmentation};

/// Opens the ports that are free, and answers on them until the program ends. Gives back which those are: a check goes on with fewer.
pub(crate) fn open(address: IpAddr, ports: &[u16]) -> Vec<u16> {
    let open = |port: &u16| {
        let address = SocketAddr::new(address, *port);
        match listen(address) {
            Ok(port) => Some(port),
            Err(error) => {
                tracing::warn!(%error, %address, "a port for checks is left out: choose others in check.stun_ports, or [] for none");
                None
            }
        }
    };
    ports.iter().filter_map(open).collect()
}

fn listen(address: SocketAddr) -> io::Result<u16> {
    let socket = Datagrams::bind(address, false, Fragmentation::Allowed)?;
    let port = socket.local_addr()?.port();
    let waiting = socket.for_waiting()?;
    tokio::spawn(answer(socket, waiting));
    Ok(port)
}

async fn answer(socket: Datagrams, waiting: UdpSocket) {
    let (mut responder, mut batch) = (Responder::default(), socket.batch());
    while waiting.readable().await.is_ok() {
        // Readiness is over when there is nothing; an error is of an earlier packet that nobody wanted.
        let _nothing = waiting.try_io(Interest::READABLE, || {
            socket.receive(&mut batch)?;
            if batch.is_empty() {
                Err(io::ErrorKind::WouldBlock.into())
            } else {
                Ok(())
            }
        });
        let now = Instant::now().into_std();
        for (route, packet) in batch.packets() {
            if let Some(answer) = responder.answer(packet, route.source, now) {
                // What is lost is asked again.
                let _lost = socket.send(route.destination.ip(), route.source, &answer);
            }
        }
        tokio::task::yield_now().await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use doctor::stun::{Message, TransactionId};
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn whoever_asks_a_port_of_ours_hears_their_own_address() {
        let loopback: IpAddr = "127.0.0.1".parse().unwrap();
        let ports = open(loopback, &[0, 0]);
        assert_eq!(ports.len(), 2);
        let browser = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        for (number, port) in (0..).zip(ports) {
            let request = Message::request(TransactionId([number; 12]));
            browser.send_to(b"nothing that anybody answers", (loopback, port)).await.unwrap();
            browser.send_to(&request.to_bytes(), (loopback, port)).await.unwrap();
            let mut buffer = [0; 200];
            let received = timeout(Duration::from_secs(10), browser.recv_from(&mut buffer)).await.unwrap();
            let (length, source) = received.unwrap();
            let answer = Message::read(&buffer[..length]).unwrap();
            assert_eq!((source.port(), answer.id), (port, request.id));
            assert_eq!(answer.xor_mapped, Some(browser.local_addr().unwrap()));
        }
    }

    #[tokio::test]
    async fn a_port_that_is_taken_is_left_out() {
        let loopback: IpAddr = "127.0.0.1".parse().unwrap();
        let taken = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let port = taken.local_addr().unwrap().port();
        assert!(open(loopback, &[port]).is_empty());
        assert!(open(loopback, &[]).is_empty());
    }
}
