//! The bytes of a JSON file as its parser takes them, one by one, while others look where it is.

use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;

use crate::community::transfer::source::{LONGEST_PIECE, PieceTooLong, Place, Source};

const BUFFER: usize = 1 << 16;

/// A handle on the file; its clones share the position.
#[derive(Clone)]
pub struct Tape(Rc<RefCell<State>>);

struct State {
    source: Source,
    buffer: Vec<u8>,
    /// How much of the buffer was taken, and of how much of it `place` knows.
    taken: usize,
    placed: usize,
    place: Place,
    began: Place,
    /// How many bytes the entry has so far, and how many it may have.
    length: usize,
    most: usize,
    trouble: Option<io::Error>,
}

impl Tape {
    pub fn new(source: Source) -> Self {
        // A mark at the beginning that says UTF-8 is nothing that people see.
        let place = Place { line: 1, column: 1 };
        Self(Rc::new(RefCell::new(State {
            source,
            buffer: Vec::new(),
            taken: 0,
            placed: 0,
            place,
            began: place,
            length: 0,
            most: LONGEST_PIECE,
            trouble: None,
        })))
    }

    /// From here on, a new entry is counted.
    pub fn begin_piece(&self) {
        let mut state = self.0.borrow_mut();
        state.length = 0;
        state.most = LONGEST_PIECE;
        state.began = state.last();
    }

    /// What comes now is not kept, so it may be of any length.
    pub fn pass_over(&self) {
        self.0.borrow_mut().most = usize::MAX;
    }

    /// Where the entry began.
    pub fn began(&self) -> Place {
        self.0.borrow().began
    }

    /// Where the next byte stands.
    pub fn place(&self) -> Place {
        self.0.borrow_mut().place()
    }

    /// Where the last byte stood.
    pub fn last(&self) -> Place {
        self.0.borrow_mut().last()
    }

    pub fn progress(&self) -> (u64, u64) {
        self.0.borrow().source.progress()
    }

    /// Why reading failed.
    pub fn trouble(&self) -> Option<io::Error> {
        self.0.borrow_mut().trouble.take()
    }
}

impl State {
    fn place(&mut self) -> Place {
        self.place.pass(&self.buffer[self.placed..self.taken]);
        self.placed = self.taken;
        self.place
    }

    /// The parser has looked at the first byte of what it is about to read.
    fn last(&mut self) -> Place {
        if let Some(end) = self.taken.checked_sub(1).filter(|end| *end >= self.placed) {
            self.place.pass(&self.buffer[self.placed..end]);
            self.placed = end;
        }
        self.place
    }

    fn next(&mut self) -> io::Result<Option<u8>> {
        if self.length > self.most {
            return Err(io::Error::other(PieceTooLong));
        }
        if self.taken == self.buffer.len() && !self.refill()? {
            return Ok(None);
        }
        let byte = self.buffer[self.taken];
        self.taken += 1;
        self.length += 1;
        Ok(Some(byte))
    }

    /// Keeps the last byte, so that its place can still be told.
    fn refill(&mut self) -> io::Result<bool> {
        let last = self.buffer.last().copied();
        self.last();
        self.source.begin_piece();
        self.buffer.resize(BUFFER, 0);
        let kept = usize::from(last.is_some());
        if let Some(last) = last {
            self.buffer[0] = last;
        }
        let count = self.source.read(&mut self.buffer[kept..]);
        self.buffer.truncate(kept + *count.as_ref().unwrap_or(&0));
        (self.taken, self.placed) = (kept, 0);
        Ok(count? > 0)
    }
}

impl Read for Tape {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut state = self.0.borrow_mut();
        let Some(first) = into.first_mut() else { return Ok(0) };
        match state.next() {
            Ok(None) => Ok(0),
            Ok(Some(byte)) => {
                *first = byte;
                Ok(1)
            }
            Err(error) => {
                let told = io::Error::new(error.kind(), error.to_string());
                state.trouble = Some(error);
                Err(told)
            }
        }
    }
}
