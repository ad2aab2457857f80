//! A stream whose first bytes have been read already.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};

/// Reads the prefix first, then the stream.
#[derive(Debug)]
pub(super) struct Prefixed<S> {
    stream: S,
    prefix: Vec<u8>,
    taken: usize,
}

impl<S> Prefixed<S> {
    pub(super) fn new(stream: S, prefix: Vec<u8>) -> Self {
        Self { stream, prefix, taken: 0 }
    }

    /// The stream, and what of the prefix has not been read.
    pub(super) fn into_parts(mut self) -> (S, Vec<u8>) {
        self.prefix.drain(..self.taken);
        (self.stream, self.prefix)
    }
}

impl<S: AsyncRead + Unpin> Prefixed<S> {
    /// The next bytes, at least so many, which stay to be read.
    pub(super) async fn peek(&mut self, bytes: usize) -> io::Result<&[u8]> {
        while self.prefix.len() - self.taken < bytes {
            if self.stream.read_buf(&mut self.prefix).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(&self.prefix[self.taken..])
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Prefixed<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let rest = &self.prefix[self.taken..];
        if rest.is_empty() {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let bytes = rest.len().min(buffer.remaining());
        buffer.put_slice(&rest[..bytes]);
        self.taken += bytes;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Prefixed<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
