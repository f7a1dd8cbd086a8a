//! The bytes of an answer on their way: at once, slowly, or not all of them.

use std::fmt;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::fault::Delivery;

/// Ends a connection in the middle: the server gives up on it when a service or a body fails.
#[derive(Debug)]
pub(crate) struct Lost;

impl fmt::Display for Lost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a fault ends the connection here")
    }
}

impl std::error::Error for Lost {}

/// A cut body waits this long before the connection is torn down: what was sent so far would not arrive otherwise.
const LAST_WORDS: Duration = Duration::from_millis(20);

/// What follows the last bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Whole,
    /// The connection ends, once what was sent has left.
    Cut,
    /// It has left.
    Torn,
}

/// A body that is delivered as a fault says.
pub(crate) struct Delivered {
    left: Bytes,
    /// What `content-length` says.
    promised: u64,
    chunk: usize,
    pause: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
    ending: Ending,
}

impl Delivered {
    pub(crate) fn new(body: Vec<u8>, how: Option<Delivery>) -> Self {
        let promised = body.len() as u64;
        let whole = Self {
            left: Bytes::from(body),
            promised,
            chunk: usize::MAX,
            pause: Duration::ZERO,
            waiting: None,
            ending: Ending::Whole,
        };
        match how {
            None => whole,
            Some(Delivery::Drip { bytes, pause }) => Self { chunk: bytes.max(1), pause, ..whole },
            Some(Delivery::Cut { after }) => {
                let mut cut = Self { ending: Ending::Cut, ..whole };
                cut.left.truncate(after);
                cut
            }
        }
    }
}

impl Body for Delivered {
    type Data = Bytes;
    type Error = Lost;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Lost>>> {
        let this = &mut *self;
        loop {
            if let Some(waiting) = &mut this.waiting {
                ready!(waiting.as_mut().poll(context));
                this.waiting = None;
            }
            if !this.left.is_empty() {
                let chunk = this.left.split_to(this.chunk.min(this.left.len()));
                if !this.pause.is_zero() {
                    this.waiting = Some(Box::pin(sleep(this.pause)));
                }
                return Poll::Ready(Some(Ok(Frame::data(chunk))));
            }
            match this.ending {
                Ending::Whole => return Poll::Ready(None),
                Ending::Torn => return Poll::Ready(Some(Err(Lost))),
                Ending::Cut => {
                    this.ending = Ending::Torn;
                    this.waiting = Some(Box::pin(sleep(LAST_WORDS)));
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty() && self.ending == Ending::Whole
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.promised)
    }
}
