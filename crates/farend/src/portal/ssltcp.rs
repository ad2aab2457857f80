//! libwebrtc's `ssltcp`: a fixed imitation of an SSL 2 hello and its answer, for firewalls that look at the first bytes only; ICE-TCP follows.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// The client's hello: SSL 2, 70 bytes, type 1, version 3.1; what follows is fixed as well, and means nothing.
const CLIENT_HELLO_BEGIN: [u8; 5] = [0x80, 0x46, 0x01, 0x03, 0x01];
const CLIENT_HELLO_BYTES: usize = 72;

/// What the client waits for, byte by byte.
const SERVER_HELLO: [u8; 79] = [
    0x16, 0x03, 0x01, 0x00, 0x4a, 0x02, 0x00, 0x00, 0x46, 0x03, 0x01, 0x42, 0x85, 0x45, 0xa7, 0x27, 0xa9, 0x5d, 0xa0, 0xb3, 0xc5, 0xe7,
    0x53, 0xda, 0x48, 0x2b, 0x3f, 0xc6, 0x5a, 0xca, 0x89, 0xc1, 0x58, 0x52, 0xa1, 0x78, 0x3c, 0x5b, 0x17, 0x46, 0x00, 0x85, 0x3f, 0x20,
    0x0e, 0xd3, 0x06, 0x72, 0x5b, 0x5b, 0x1b, 0x5f, 0x15, 0xac, 0x13, 0xf9, 0x88, 0x53, 0x9d, 0x9b, 0xe8, 0x3d, 0x7b, 0x0c, 0x30, 0x32,
    0x6e, 0x38, 0x4d, 0xa2, 0x75, 0x57, 0x41, 0x6c, 0x34, 0x5c, 0x00, 0x04, 0x00,
];

/// Takes the client's hello and answers it.
///
/// # Errors
///
/// When it is another one.
pub(super) async fn greet<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> io::Result<()> {
    let mut hello = [0; CLIENT_HELLO_BYTES];
    stream.read_exact(&mut hello).await?;
    if !hello.starts_with(&CLIENT_HELLO_BEGIN) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    stream.write_all(&SERVER_HELLO).await
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn answer(hello: [u8; CLIENT_HELLO_BYTES]) -> io::Result<Vec<u8>> {
        let (mut ours, mut theirs) = tokio::io::duplex(256);
        theirs.write_all(&hello).await?;
        theirs.write_all(b"next").await?;
        greet(&mut ours).await?;
        let mut next = [0; 4];
        ours.read_exact(&mut next).await?;
        assert_eq!(&next, b"next", "nothing behind the hello is taken");
        drop(ours);
        let mut said = Vec::new();
        theirs.read_to_end(&mut said).await?;
        Ok(said)
    }

    #[tokio::test]
    async fn the_hello_is_answered_as_libwebrtc_expects() {
        let mut hello = [0; CLIENT_HELLO_BYTES];
        hello[..5].copy_from_slice(&CLIENT_HELLO_BEGIN);
        assert_eq!(answer(hello).await.unwrap(), SERVER_HELLO);
    }

    #[tokio::test]
    async fn another_hello_is_not() {
        let mut hello = [0; CLIENT_HELLO_BYTES];
        hello[..5].copy_from_slice(&[0x80, 0x46, 0x01, 0x03, 0x00]);
        assert_eq!(answer(hello).await.unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
