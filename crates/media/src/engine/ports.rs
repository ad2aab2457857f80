//! The pool of RTP ports, handed out least recently used first: packets of an old call that still arrive meet nobody.

use std::collections::VecDeque;

/// Even ports; the odd one above belongs to each.
#[derive(Debug)]
pub(super) struct Ports(VecDeque<u16>);

impl Ports {
    pub(super) fn new(ports: &[u16]) -> Self {
        Self(ports.iter().copied().collect())
    }

    pub(super) fn take(&mut self) -> Option<u16> {
        self.0.pop_front()
    }

    pub(super) fn give_back(&mut self, port: u16) {
        self.0.push_back(port);
    }

    pub(super) fn free(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_used_last_is_handed_out_last() {
        let mut ports = Ports::new(&[30_000, 30_002, 30_004]);
        let first = ports.take().unwrap();
        ports.give_back(first);
        assert_eq!(
            [ports.take(), ports.take(), ports.take(), ports.take()],
            [Some(30_002), Some(30_004), Some(30_000), None]
        );
    }
}
