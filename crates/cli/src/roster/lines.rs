//! Reads the lines of a stream one at a time, in bounded memory that is wiped.

use std::{
    io::{self, Read},
    ops::Range,
};

use memchr::memchr;
use zeroize::Zeroizing;

/// Maximum length of a line in bytes, without its end. A longer line is skipped and reported.
pub(crate) const MAX_LINE: usize = 64 * 1024;
const BUFFER: usize = 4 * MAX_LINE;

/// Reads lines. The buffer is wiped on drop.
pub(crate) struct Lines<R> {
    from: R,
    buffer: Zeroizing<Vec<u8>>,
    /// Bytes that are read and not yet returned.
    held: Range<usize>,
}

/// A line without its end, which is LF or CR LF. The last line needs no end.
pub(crate) enum Line<'a> {
    Text(&'a [u8]),
    /// More than [`MAX_LINE`] bytes.
    TooLong,
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(from: R) -> Self {
        Self { from, buffer: Zeroizing::new(vec![0; BUFFER]), held: 0..0 }
    }

    /// Skips these bytes if they come next.
    pub(crate) fn skip(&mut self, prefix: &[u8]) -> io::Result<bool> {
        while self.held.len() < prefix.len() && self.fill()? {}
        let is_next = self.buffer[self.held.clone()].starts_with(prefix);
        self.held.start += if is_next { prefix.len() } else { 0 };
        Ok(is_next)
    }

    /// The next bytes, at most `most`, without taking them.
    pub(crate) fn head(&mut self, most: usize) -> io::Result<&[u8]> {
        while self.held.len() < most && self.fill()? {}
        Ok(&self.buffer[self.held.start..self.held.end.min(self.held.start + most)])
    }

    /// Whether the next line would have to be waited for; answers must be flushed before that.
    pub(crate) fn is_drained(&self) -> bool {
        self.held.is_empty()
    }

    /// The next line; `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        Ok(match self.next_range()? {
            None => None,
            Some(range) if range.len() > MAX_LINE => Some(Line::TooLong),
            Some(range) => Some(Line::Text(&self.buffer[range])),
        })
    }

    /// The range of the next line. If it is too long, a range that is also too long.
    fn next_range(&mut self) -> io::Result<Option<Range<usize>>> {
        let mut searched = 0;
        loop {
            let held = &self.buffer[self.held.clone()];
            if let Some(at) = memchr(b'\n', &held[searched..]) {
                let text = &held[..searched + at];
                let text = text.strip_suffix(b"\r").unwrap_or(text);
                let line = self.held.start..self.held.start + text.len();
                self.held.start += searched + at + 1;
                return Ok(Some(line));
            }
            searched = held.len();
            if searched > MAX_LINE + 1 {
                self.skip_line()?;
                return Ok(Some(0..BUFFER));
            }
            if !self.fill()? {
                let mut last = self.held.clone();
                self.held.start = self.held.end;
                // Ctrl-Z ends a text file of DOS.
                last.end -= self.buffer[last.clone()].iter().rev().take_while(|byte| **byte == 0x1A).count();
                return Ok(Some(last).filter(|last| !last.is_empty()));
            }
        }
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            self.held = 0..0;
            if !self.fill()? {
                return Ok(());
            }
            if let Some(at) = memchr(b'\n', &self.buffer[self.held.clone()]) {
                self.held.start += at + 1;
                return Ok(());
            }
        }
    }

    /// Reads more bytes after those that are held; `false` at the end of the stream. There is space for more than the
    /// 8 KiB that standard input buffers, so its buffer, which is never wiped, is bypassed.
    fn fill(&mut self) -> io::Result<bool> {
        if self.held.start > 0 {
            self.buffer.copy_within(self.held.clone(), 0);
            self.held = 0..self.held.len();
        }
        loop {
            match self.from.read(&mut self.buffer[self.held.end..]) {
                Ok(read) => {
                    self.held.end += read;
                    return Ok(read > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives at most a few bytes at once.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let len = self.1.min(self.0.len()).min(out.len());
            out[..len].copy_from_slice(&self.0[..len]);
            self.0 = &self.0[len..];
            Ok(len)
        }
    }

    fn lines(text: &[u8], at_once: usize) -> Vec<Option<Vec<u8>>> {
        let mut lines = Lines::new(Trickle(text, at_once));
        let mut found = Vec::new();
        while let Some(line) = lines.next().expect("no error") {
            found.push(match line {
                Line::Text(text) => Some(text.to_vec()),
                Line::TooLong => None,
            });
        }
        found
    }

    #[test]
    fn lines_are_the_same_however_they_arrive() {
        let long = [&b"a\n"[..], &vec![b'x'; MAX_LINE], b"\r\nb"].concat();
        let longer = [&b"a\n"[..], &vec![b'x'; MAX_LINE + 1], b"\nb"].concat();
        let longest = [&b"a\n"[..], &vec![b'x'; 3 * BUFFER], b"\nb\n"].concat();
        for at_once in [1, 2, 7, MAX_LINE, BUFFER] {
            assert_eq!(lines(b"", at_once), []);
            assert_eq!(lines(b"\n", at_once), [Some(vec![])]);
            let expected = ["a", "", "b\r", "c"].map(|text| Some(text.as_bytes().to_vec()));
            assert_eq!(lines(b"a\n\r\nb\r\r\nc", at_once), expected);
            let expected = [Some(b"a".to_vec()), Some(vec![b'x'; MAX_LINE]), Some(b"b".to_vec())];
            assert_eq!(lines(&long, at_once), expected);
            let expected = [Some(b"a".to_vec()), None, Some(b"b".to_vec())];
            assert_eq!(lines(&longer, at_once), expected);
            assert_eq!(lines(&longest, at_once), expected);
        }
    }

    #[test]
    fn a_last_line_too_long_ends_the_stream() {
        assert_eq!(lines(&vec![b'x'; MAX_LINE + 2], 1000), [None]);
        assert_eq!(lines(&vec![b'x'; 2 * BUFFER], 1000), [None]);
    }

    #[test]
    fn ctrl_z_at_the_end_is_no_line_and_no_part_of_one() {
        for (text, expected) in
            [(&b"a\n\x1A"[..], vec!["a"]), (b"a\nb\x1A\x1A", vec!["a", "b"]), (b"\x1A\nb", vec!["\x1A", "b"])]
        {
            let expected: Vec<_> = expected.iter().map(|line| Some(line.as_bytes().to_vec())).collect();
            assert_eq!(lines(text, 1), expected);
        }
    }

    #[test]
    fn a_prefix_is_skipped_only_where_it_stands() {
        let mut lines = Lines::new(Trickle(b"\xEF\xBB\xBFa", 1));
        assert!(lines.skip(b"\xEF\xBB\xBF").expect("no error"));
        assert!(!lines.skip(b"\xEF\xBB\xBF").expect("no error"));
        assert!(matches!(lines.next(), Ok(Some(Line::Text(b"a")))));
    }
}
