//! A zip archive in memory (APPNOTE.TXT 6.3): a handful of compressed texts, nothing else of the format.

use std::io::Write as _;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

const LOCAL_HEADER: u32 = 0x0403_4b50;
const CENTRAL_HEADER: u32 = 0x0201_4b50;
const END_OF_DIRECTORY: u32 = 0x0605_4b50;
/// Version 2.0: compressed files.
const VERSION: u16 = 20;
/// Names are UTF-8.
const FLAGS: u16 = 1 << 11;
const DEFLATED: u16 = 8;
/// 1980-01-01: the format knows nothing earlier, and times say nothing here.
const DATE: u16 = 1 << 5 | 1;

/// Files so far.
#[derive(Debug, Default)]
pub(super) struct Archive {
    files: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

impl Archive {
    /// One more file. Texts of a bundle are far below the 4 GiB of the format.
    pub(super) fn add(&mut self, name: &str, content: &[u8]) {
        let mut checksum = Crc::new();
        checksum.update(content);
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::default());
        // Writing into memory cannot fail.
        let _never = packer.write_all(content);
        let packed = packer.finish().unwrap_or_default();
        let offset = size(self.files.len());

        let mut common = Vec::new();
        for field in [VERSION, FLAGS, DEFLATED, 0, DATE] {
            common.extend(field.to_le_bytes());
        }
        for field in [checksum.sum(), size(packed.len()), size(content.len())] {
            common.extend(field.to_le_bytes());
        }
        common.extend(u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes());
        common.extend([0, 0]);

        self.files.extend(LOCAL_HEADER.to_le_bytes());
        self.files.extend(&common);
        self.files.extend(name.as_bytes());
        self.files.extend(packed);

        self.directory.extend(CENTRAL_HEADER.to_le_bytes());
        self.directory.extend(VERSION.to_le_bytes());
        self.directory.extend(&common);
        // No comment, first disk, no attributes.
        self.directory.extend([0; 10]);
        self.directory.extend(offset.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.count += 1;
    }

    /// The bytes of the whole.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let offset = size(self.files.len());
        let length = size(self.directory.len());
        self.files.extend(&self.directory);
        self.files.extend(END_OF_DIRECTORY.to_le_bytes());
        self.files.extend([0; 4]);
        for field in [self.count, self.count] {
            self.files.extend(field.to_le_bytes());
        }
        for field in [length, offset] {
            self.files.extend(field.to_le_bytes());
        }
        self.files.extend([0, 0]);
        self.files
    }
}

fn size(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn another_program_opens_the_archive() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.zip");
        let mut archive = Archive::default();
        archive.add("one.txt", b"the first");
        archive.add("two.txt", "ä".repeat(100_000).as_bytes());
        archive.add("empty", b"");
        std::fs::write(&file, archive.finish()).unwrap();
        let script = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n\
            print([(i.filename, i.file_size) for i in z.infolist()], z.read('one.txt').decode())";
        let read = Command::new("python3").args(["-c", script]).arg(&file).output().unwrap();
        let said = String::from_utf8_lossy(&read.stdout).into_owned() + &String::from_utf8_lossy(&read.stderr);
        assert_eq!(said.trim(), "[('one.txt', 9), ('two.txt', 200000), ('empty', 0)] the first");
    }
}
