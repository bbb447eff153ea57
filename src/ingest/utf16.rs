//! UTF-16 as bytes in which commas and line ends can be found.

use std::fs::File;
use std::io::{self, BufReader, Read};

/// UTF-8 cannot hold these; they stand for a lone surrogate and for half a unit at the end of file.
const LONE_SURROGATE: u8 = 0xff;
const HALF_UNIT: u8 = 0xfe;

/// Bytes of the file that this byte stands for.
pub(crate) fn utf16_bytes(byte: u8) -> u64 {
    match byte {
        HALF_UNIT => 1,
        0x80..=0xbf => 0,
        0xf0..=0xf7 => 4,
        _ => 2,
    }
}

/// UTF-16 as UTF-8, a chunk at a time; what is no character becomes bytes that no text has.
pub(crate) struct Utf16Reader {
    file: BufReader<File>,
    big_endian: bool,
    /// A high surrogate whose other half is still to come.
    waiting: Option<u16>,
    out: Vec<u8>,
}

impl Utf16Reader {
    pub(crate) fn new(file: BufReader<File>, big_endian: bool) -> Self {
        Self { file, big_endian, waiting: None, out: Vec::new() }
    }

    fn unit(&mut self) -> io::Result<Option<Result<u16, ()>>> {
        let mut bytes = [0; 2];
        if self.file.read(&mut bytes[..1])? == 0 {
            return Ok(None);
        }
        if self.file.read(&mut bytes[1..])? == 0 {
            return Ok(Some(Err(())));
        }
        Ok(Some(Ok(if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })))
    }

    fn push(&mut self, character: char) {
        self.out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }

    fn fill(&mut self, enough: usize) -> io::Result<()> {
        while self.out.len() < enough {
            let Some(unit) = self.unit()? else {
                if self.waiting.take().is_some() {
                    self.out.push(LONE_SURROGATE);
                }
                return Ok(());
            };
            let Ok(unit) = unit else {
                self.out.extend(self.waiting.take().map(|_| LONE_SURROGATE));
                self.out.push(HALF_UNIT);
                continue;
            };
            self.take(unit);
        }
        Ok(())
    }

    fn take(&mut self, unit: u16) {
        if let Some(high) = self.waiting.take() {
            if let Some(Ok(character)) = char::decode_utf16([high, unit]).next() {
                return self.push(character);
            }
            self.out.push(LONE_SURROGATE);
        }
        match char::from_u32(u32::from(unit)) {
            Some(character) => self.push(character),
            None if (0xd800..0xdc00).contains(&unit) => self.waiting = Some(unit),
            None => self.out.push(LONE_SURROGATE),
        }
    }
}

impl Read for Utf16Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.fill(buffer.len())?;
        let count = self.out.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.out[..count]);
        self.out.drain(..count);
        Ok(count)
    }
}
