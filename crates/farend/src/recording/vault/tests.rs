use std::os::unix::fs::PermissionsExt as _;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

const NAME: RecordingName = RecordingName { run: 3, number: 7 };

fn pieces(count: usize) -> Vec<Piece> {
    let piece = |number: usize| Piece {
        audio: (0..number * 37 % 300).map(|byte| (byte * number) as u8).collect(),
        peaks: (0..10).map(|step| [number as u8, step]).collect(),
    };
    (1..=count).map(piece).collect()
}

/// A finished file of these pieces, the last of which is its end.
fn write(file: &Path, key: &Key, pieces: &[Piece]) {
    let created = std::fs::File::create_new(file).unwrap();
    let mut sealer = Sealer::begin(Box::new(created), key, NAME, 1_000).unwrap();
    let (last, before) = pieces.split_last().unwrap();
    for piece in before {
        sealer.append(piece).unwrap();
    }
    sealer.finish(last).unwrap();
    assert_eq!(sealer.bytes(), std::fs::metadata(file).unwrap().len());
}

fn all(opened: &Opened) -> Result<Vec<u8>, VaultError> {
    Ok(opened.audio(0..u64::MAX).collect::<Result<Vec<_>, _>>()?.concat())
}

fn audio(pieces: &[Piece]) -> Vec<u8> {
    pieces.iter().flat_map(|piece| piece.audio.clone()).collect()
}

fn file() -> (TempDir, PathBuf, Key) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("3-7.frec");
    (folder, file, Key::random())
}

#[test]
fn what_was_sealed_is_heard_again_and_is_not_in_the_file() {
    let (_folder, file, key) = file();
    let pieces = pieces(5);
    write(&file, &key, &pieces);
    let opened = Opened::open(&file, &key, NAME).unwrap();
    assert_eq!((opened.ending(), opened.started_at_ms()), (Ending::Whole, 1_000));
    assert_eq!(all(&opened).unwrap(), audio(&pieces));
    assert_eq!(opened.audio_bytes(), audio(&pieces).len() as u64);
    let peaks: Vec<[u8; 2]> = pieces.iter().flat_map(|piece| piece.peaks.clone()).collect();
    assert_eq!(opened.peaks().unwrap(), peaks);
    let bytes = std::fs::read(&file).unwrap();
    assert!(!bytes.windows(20).any(|window| window == &pieces[3].audio[..20]));
}

#[test]
fn another_key_and_another_recording_are_told_apart_from_damage() {
    let (_folder, file, key) = file();
    write(&file, &key, &pieces(2));
    assert!(matches!(Opened::open(&file, &Key::random(), NAME), Err(VaultError::OtherKey)));
    let other = RecordingName { number: 8, ..NAME };
    assert!(matches!(Opened::open(&file, &key, other), Err(VaultError::NotOurs)));
    assert!(matches!(
        Opened::open(&file.with_extension("gone"), &key, NAME),
        Err(VaultError::Unreadable(_))
    ));
}

#[test]
fn chunks_that_were_swapped_are_noticed() {
    let (_folder, file, key) = file();
    let piece = |byte| Piece {
        audio: vec![byte; 50],
        peaks: vec![[byte; 2]; 10],
    };
    write(&file, &key, &[piece(1), piece(2), piece(3)]);
    let mut bytes = std::fs::read(&file).unwrap();
    let length = format::HEAD_BYTES + 50 + 20 + 16;
    let (first, second) = bytes[format::HEADER_BYTES..].split_at_mut(length);
    first.swap_with_slice(&mut second[..length]);
    std::fs::write(&file, bytes).unwrap();
    let opened = Opened::open(&file, &key, NAME).unwrap();
    assert!(matches!(all(&opened), Err(VaultError::Damaged { chunk: 0 })));
}

#[test]
fn every_part_of_the_sound_can_be_read_by_itself() {
    let (_folder, file, key) = file();
    let pieces = pieces(6);
    write(&file, &key, &pieces);
    let (opened, whole) = (Opened::open(&file, &key, NAME).unwrap(), audio(&pieces));
    for from in (0..=whole.len()).step_by(13) {
        for to in (from..=whole.len()).step_by(29) {
            let part: Result<Vec<_>, _> = opened.audio(from as u64..to as u64).collect();
            assert_eq!(part.unwrap().concat(), whole[from..to], "{from}..{to}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn of_a_file_cut_anywhere_all_whole_chunks_stay_and_it_gets_an_end(cut in 0.0..1.0_f64) {
        let (_folder, file, key) = file();
        let pieces = pieces(5);
        write(&file, &key, &pieces);
        let length = std::fs::metadata(&file).unwrap().len();
        let cut = (cut * length as f64) as u64;
        std::fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(cut).unwrap();
        if cut < format::HEADER_BYTES as u64 {
            prop_assert!(matches!(Opened::mend(&file, &key, NAME), Err(VaultError::NotOurs)));
            return Ok(());
        }
        let before = Opened::open(&file, &key, NAME).unwrap();
        prop_assert_eq!(before.ending(), Ending::Open, "the end is missed");
        let heard = all(&before).unwrap();
        let count = (0..5).find(|count| audio(&pieces[..*count]) == heard).expect("a beginning");
        let mended = Opened::mend(&file, &key, NAME).unwrap();
        prop_assert_eq!(mended.duration_ms, count as u64 * 1_000);
        prop_assert_eq!(mended.bytes, std::fs::metadata(&file).unwrap().len());
        let after = Opened::open(&file, &key, NAME).unwrap();
        prop_assert_eq!((after.ending(), all(&after).unwrap()), (Ending::Cut, heard));
        prop_assert!(!mended.is_whole);
        prop_assert_eq!(Opened::mend(&file, &key, NAME).unwrap(), mended, "again: it stays as it is");
    }

    #[test]
    fn a_flipped_bit_is_never_heard(at in 0.0..1.0_f64, bit in 0..8_u8) {
        let (_folder, file, key) = file();
        let pieces = pieces(4);
        write(&file, &key, &pieces);
        let mut bytes = std::fs::read(&file).unwrap();
        let at = (at * bytes.len() as f64) as usize;
        bytes[at] ^= 1 << bit;
        std::fs::write(&file, bytes).unwrap();
        let Ok(opened) = Opened::open(&file, &key, NAME) else { return Ok(()) };
        match all(&opened) {
            Err(VaultError::Damaged { .. }) => {}
            // A head that tells nonsense ends what is there, and the end is missed.
            Ok(heard) => {
                prop_assert_eq!(opened.ending(), Ending::Open);
                prop_assert!(audio(&pieces).starts_with(&heard));
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}

#[test]
fn blocks_that_a_power_cut_has_left_empty_are_cut_off() {
    let (_folder, file, key) = file();
    let pieces = pieces(3);
    write(&file, &key, &pieces);
    let length = std::fs::metadata(&file).unwrap().len();
    let opened = std::fs::OpenOptions::new().write(true).open(&file).unwrap();
    opened.set_len(length - 30).unwrap();
    opened.set_len(length + 4_000).unwrap();
    let mended = Opened::mend(&file, &key, NAME).unwrap();
    assert_eq!(mended.duration_ms, 2_000);
    assert_eq!(all(&Opened::open(&file, &key, NAME).unwrap()).unwrap(), audio(&pieces[..2]));
}

#[tokio::test]
async fn a_key_is_made_once_and_never_while_recordings_would_be_lost() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::in_memory().await.unwrap();
    let file = folder.path().join(KEY_FILE);
    let vault = Vault::open(folder.path(), None, &store).await.unwrap();
    let name = vault.key().unwrap().name();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let again = Vault::open(folder.path(), None, &store).await.unwrap();
    assert_eq!(again.key().unwrap().name(), name);

    store.add_recording(&crate::recording::keeper::tests::recording(1)).await.unwrap();
    let kept = folder.path().join("elsewhere");
    std::fs::rename(&file, &kept).unwrap();
    let lost = Vault::open(folder.path(), None, &store).await.unwrap();
    let error = lost.key().unwrap_err().to_string();
    assert!(error.contains("recordings.key") && error.contains("backup"), "{error}");
    assert!(!file.exists(), "no new one");
    assert_eq!(lost.storage(&RecordingUsage::default()).state, StorageState::Failing);

    Key::random().write(&file).unwrap();
    let wrong = Vault::open(folder.path(), None, &store).await.unwrap();
    assert!(matches!(wrong.key(), Err(VaultError::NoKey(error)) if matches!(*error, KeyError::Wrong { .. })));
    std::fs::write(&file, "nonsense").unwrap();
    let malformed = Vault::open(folder.path(), None, &store).await.unwrap();
    assert!(matches!(malformed.key(), Err(VaultError::NoKey(error)) if matches!(*error, KeyError::Malformed { .. })));

    let moved = Vault::open(folder.path(), Some(&kept), &store).await.unwrap();
    assert_eq!(moved.key().unwrap().name(), name, "it may live elsewhere");
}

#[test]
fn the_space_is_fine_nearly_full_full_or_failing() {
    let gib = 1_u64 << 30;
    for (used, free, is_failing, expected) in [
        (0, Some(gib), false, StorageState::Fine),
        (0, None, false, StorageState::Fine),
        (gib / 10 * 9, Some(gib), false, StorageState::NearlyFull),
        (0, Some(FREE_BYTES_FEW - 1), false, StorageState::NearlyFull),
        (gib, Some(gib), false, StorageState::Full),
        (0, Some(FREE_BYTES_MIN - 1), false, StorageState::Full),
        (0, Some(gib), true, StorageState::Failing),
    ] {
        assert_eq!(state(used, gib, free, is_failing), expected, "{used} {free:?}");
    }
}

#[test]
fn a_file_with_its_last_chunk_is_whole_whatever_came_after() {
    let (_folder, file, key) = file();
    let pieces = pieces(3);
    write(&file, &key, &pieces);
    let length = std::fs::metadata(&file).unwrap().len();
    let expected = Mended {
        bytes: length,
        duration_ms: 3_000,
        is_whole: true,
    };
    assert_eq!(Opened::mend(&file, &key, NAME).unwrap(), expected);
    std::fs::OpenOptions::new()
        .write(true)
        .open(&file)
        .unwrap()
        .set_len(length + 50)
        .unwrap();
    assert_eq!(
        Opened::mend(&file, &key, NAME).unwrap(),
        expected,
        "what a power cut has left behind it goes"
    );
    assert_eq!(std::fs::metadata(&file).unwrap().len(), length);
}

/// A file that the disk does not confirm.
struct Unconfirmed(std::fs::File);

impl Medium for Unconfirmed {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.append(bytes)
    }

    fn cut_to(&mut self, bytes: u64) -> io::Result<()> {
        self.0.cut_to(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        Err(io::ErrorKind::Other.into())
    }
}

#[test]
fn nothing_follows_a_last_chunk() {
    let (_folder, file, key) = file();
    let created = Unconfirmed(std::fs::File::create_new(&file).unwrap());
    let mut sealer = Sealer::begin(Box::new(created), &key, NAME, 1_000).unwrap();
    assert!(sealer.finish(&pieces(1)[0]).is_err() && sealer.is_whole());
    sealer.mark_cut().unwrap();
    assert_eq!(Opened::open(&file, &key, NAME).unwrap().ending(), Ending::Whole);
    assert_eq!(sealer.bytes(), std::fs::metadata(&file).unwrap().len());
}

/// Of a page: the last one of a stream.
const ENDS: u8 = 4;

/// Where each page begins, and its flags.
fn pages(audio: &[u8]) -> Vec<u8> {
    let starts = audio.windows(5).enumerate().filter(|(_, bytes)| bytes == b"OggS\0");
    starts.map(|(start, _)| audio[start + 5]).collect()
}

#[test]
fn the_sound_of_a_recording_that_was_cut_has_its_end_marked() {
    let (_folder, file, key) = file();
    let (began, mut pieces) = (std::time::Instant::now(), Vec::new());
    let mut recorder = media::recorder::Recorder::new(began).unwrap();
    while let Some(page) = recorder.poll(began + std::time::Duration::from_secs(5)) {
        pieces.push(Piece {
            audio: page.bytes,
            peaks: Vec::new(),
        });
    }
    let created = std::fs::File::create_new(&file).unwrap();
    let mut sealer = Sealer::begin(Box::new(created), &key, NAME, 1_000).unwrap();
    pieces.iter().for_each(|piece| sealer.append(piece).unwrap());
    let running = all(&Opened::open(&file, &key, NAME).unwrap()).unwrap();
    assert!(pages(&running).len() > 4 && pages(&running).iter().all(|flags| flags & ENDS == 0));
    // A quota that is used up ends with an empty piece, a crash with a mark: neither has a page.
    drop(sealer);
    Opened::mend(&file, &key, NAME).unwrap();
    let opened = Opened::open(&file, &key, NAME).unwrap();
    let (heard, length) = (all(&opened).unwrap(), opened.audio_bytes());
    assert_eq!((heard.len(), length), (running.len(), running.len() as u64));
    let flags = pages(&heard);
    assert_eq!(flags.iter().rposition(|flags| flags & ENDS != 0), Some(flags.len() - 1));
    assert_eq!(flags.iter().filter(|flags| *flags & ENDS != 0).count(), 1);
    let tail: Result<Vec<_>, _> = opened.audio(length - 40..length).collect();
    assert_eq!(tail.unwrap().concat(), heard[heard.len() - 40..]);
}
