//! Lines of a byte stream, however it is cut into pieces.

use bytes::{Buf, BytesMut};

/// The longest line that is kept, in bytes. A token's line has a few hundred.
pub(crate) const MAX_LINE_BYTES: usize = 1024 * 1024;

/// Collects bytes and gives whole lines, without their end (`\n` or `\r\n`).
#[derive(Debug, Default)]
pub(crate) struct Lines {
    buffer: BytesMut,
    searched: usize,
}

/// A line is longer than [`MAX_LINE_BYTES`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LineTooLong;

impl Lines {
    /// Takes a piece.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole line, if there is one. Bytes that are no UTF-8 become U+FFFD: within a line
    /// nothing is cut, so only a server that sends them is affected.
    ///
    /// # Errors
    /// [`LineTooLong`]; nothing more can be read then.
    pub(crate) fn next(&mut self) -> Result<Option<String>, LineTooLong> {
        let end = self.buffer[self.searched..].iter().position(|byte| *byte == b'\n');
        let Some(end) = end.map(|at| self.searched + at) else {
            self.searched = self.buffer.len();
            return if self.searched > MAX_LINE_BYTES { Err(LineTooLong) } else { Ok(None) };
        };
        if end > MAX_LINE_BYTES {
            return Err(LineTooLong);
        }
        let line = self.buffer.split_to(end);
        self.buffer.advance(1);
        self.searched = 0;
        Ok(Some(text(&line)))
    }

    /// What is left when the stream is over: a last line without an end.
    pub(crate) fn rest(&mut self) -> Option<String> {
        let rest = self.buffer.split();
        self.searched = 0;
        if rest.is_empty() { None } else { Some(text(&rest)) }
    }
}

fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{LineTooLong, Lines, MAX_LINE_BYTES};

    fn read(pieces: &[&[u8]]) -> Vec<String> {
        let mut lines = Lines::default();
        let mut found = Vec::new();
        for piece in pieces {
            lines.push(piece);
            while let Ok(Some(line)) = lines.next() {
                found.push(line);
            }
        }
        found.extend(lines.rest());
        found
    }

    #[test]
    fn gives_the_same_lines_at_every_split() {
        let bytes = "{\"a\":\"é→😀\"}\r\n\n{\"b\":1}\nrest".as_bytes();
        let expected = ["{\"a\":\"é→😀\"}", "", "{\"b\":1}", "rest"];
        for at in 0..=bytes.len() {
            assert_eq!(read(&[&bytes[..at], &bytes[at..]]), expected, "split at {at}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(read(&single), expected);
    }

    #[test]
    fn refuses_a_line_without_end() {
        let mut lines = Lines::default();
        lines.push(&vec![b'x'; MAX_LINE_BYTES]);
        assert_eq!(lines.next(), Ok(None));
        lines.push(b"xx");
        assert_eq!(lines.next(), Err(LineTooLong));
    }
}
