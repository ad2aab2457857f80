//! Ogg pages (RFC 3533) of one stream of Opus (RFC 7845), and the mending of a file that was cut short.

use std::time::Duration;

/// Streams, of them stereo, and which channel each is (RFC 7845 section 5.1.1).
pub(super) const MAPPING: (u8, u8, [u8; 2]) = (2, 0, [0, 1]);
/// A frame of 20 ms of nothing in both streams, should libopus fail us: wide band, nothing coded; the first with its length (RFC 6716 appendix B).
pub(super) const SILENCE: [u8; 3] = [0x48, 0, 0x48];

/// One file has one stream: any number is its own.
const SERIAL: u32 = 1;
const HEADER_BYTES: usize = 27;
const SEGMENTS_MAX: usize = 255;
const SEGMENT_BYTES_MAX: usize = 255;
const BEGINS: u8 = 2;
const ENDS: u8 = 4;
/// Where in a page's header things are.
const FLAGS: usize = 5;
const GRANULE: usize = 6;
const CHECKSUM: usize = 22;
const SEGMENT_COUNT: usize = 26;

/// What ends with a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finish {
    /// Nothing else.
    Page,
    /// The file.
    Stream,
}

/// Puts packets into pages.
#[derive(Default)]
pub(super) struct Writer {
    number: u32,
    segments: Vec<u8>,
    body: Vec<u8>,
}

impl Writer {
    /// The two pages that a file begins with.
    pub(super) fn headers(&mut self, pre_skip: u16, input_hz: u32) -> Vec<u8> {
        let (streams, coupled, mapping) = MAPPING;
        let mut head = b"OpusHead\x01\x02".to_vec();
        head.extend(pre_skip.to_le_bytes());
        head.extend(input_hz.to_le_bytes());
        // No gain; family 1: the first channel is the left one.
        head.extend([0, 0, 1, streams, coupled]);
        head.extend(mapping);
        self.push(&head);
        let mut pages = self.page(0, BEGINS);
        let mut tags = b"OpusTags".to_vec();
        let encoder = concat!("ENCODER=farend ", env!("CARGO_PKG_VERSION"));
        for text in [opus::version(), encoder] {
            tags.extend(u32::try_from(text.len()).unwrap_or(0).to_le_bytes());
            tags.extend(text.as_bytes());
            if text != encoder {
                tags.extend(1_u32.to_le_bytes());
            }
        }
        self.push(&tags);
        pages.extend(self.page(0, 0));
        pages
    }

    /// Whether a packet of this length fits into the page.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        self.segments.len() + bytes / SEGMENT_BYTES_MAX < SEGMENTS_MAX
    }

    /// Puts a packet into the page. It has room.
    pub(super) fn push(&mut self, packet: &[u8]) {
        let whole = packet.len() / SEGMENT_BYTES_MAX;
        self.segments.extend(std::iter::repeat_n(u8::MAX, whole));
        self.segments.push((packet.len() % SEGMENT_BYTES_MAX) as u8);
        self.body.extend_from_slice(packet);
    }

    /// The page with what was put in; `granule` is where its last packet ends.
    pub(super) fn end_page(&mut self, granule: u64, finish: Finish) -> Vec<u8> {
        let flags = match finish {
            Finish::Page => 0,
            Finish::Stream => ENDS,
        };
        self.page(granule, flags)
    }

    fn page(&mut self, granule: u64, flags: u8) -> Vec<u8> {
        let mut page = Vec::with_capacity(HEADER_BYTES + self.segments.len() + self.body.len());
        page.extend(b"OggS\0");
        page.push(flags);
        page.extend(granule.to_le_bytes());
        page.extend(SERIAL.to_le_bytes());
        page.extend(self.number.to_le_bytes());
        page.extend([0; 4]);
        page.push(u8::try_from(self.segments.len()).unwrap_or(u8::MAX));
        page.append(&mut self.segments);
        page.append(&mut self.body);
        seal(&mut page);
        self.number += 1;
        page
    }
}

/// Makes an end of what was left of a file, or of its last pages: cuts behind the last whole page and marks that as the last. Says how long the
/// file plays; `None` when there is no whole page, and then nothing is changed.
pub fn repair(pages: &mut Vec<u8>) -> Option<Duration> {
    let (mut start, mut last) = (0, None);
    while let Some(length) = whole_page(&pages[start..]) {
        last = Some(start);
        start += length;
    }
    let last = last?;
    pages.truncate(start);
    let page = &mut pages[last..];
    page[FLAGS] |= ENDS;
    let granule = u64::from_le_bytes(page[GRANULE..GRANULE + 8].try_into().ok()?);
    seal(page);
    Some(super::duration(granule))
}

/// The length of the page that this begins with, if it is whole and sound.
fn whole_page(bytes: &[u8]) -> Option<usize> {
    let header = bytes.get(..HEADER_BYTES).filter(|header| header.starts_with(b"OggS\0"))?;
    let segments = usize::from(header[SEGMENT_COUNT]);
    let lengths = bytes.get(HEADER_BYTES..HEADER_BYTES + segments)?;
    let body: usize = lengths.iter().map(|length| usize::from(*length)).sum();
    let page = bytes.get(..HEADER_BYTES + segments + body)?;
    let expected = page[CHECKSUM..CHECKSUM + 4].try_into().ok()?;
    (checksum(page) == u32::from_le_bytes(expected)).then_some(page.len())
}

fn seal(page: &mut [u8]) {
    let checksum = checksum(page);
    page[CHECKSUM..CHECKSUM + 4].copy_from_slice(&checksum.to_le_bytes());
}

/// The CRC of a page, as if there were none in it (RFC 3533 section 6): polynomial 0x04c11db7, from the highest bit on.
fn checksum(page: &[u8]) -> u32 {
    let bytes = page.iter().enumerate();
    bytes.fold(0, |crc, (n, byte)| {
        let byte = if (CHECKSUM..CHECKSUM + 4).contains(&n) { 0 } else { *byte };
        (crc << 8) ^ TABLE[usize::from((crc >> 24) as u8 ^ byte)]
    })
}

static TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        let mut crc = (n as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 << 31 != 0 { crc << 1 ^ 0x04c1_1db7 } else { crc << 1 };
            bit += 1;
        }
        table[n] = crc;
        n += 1;
    }
    table
}
