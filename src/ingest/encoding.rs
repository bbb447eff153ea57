//! Which of the encodings that an export comes in is this file's?

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, WINDOWS_1252};

use super::source::{Charset, Source};

/// Bytes that mean nothing in windows-1252; Japanese and Chinese text is full of them.
const NOT_WESTERN: [u8; 5] = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

/// The first encoding of an export in which the whole file is text; none where it is in none, and then
/// its rows say so. A file that is UTF-8 needs none.
pub(super) fn fitting<'a>(source: &Source, known: &[&'a str]) -> io::Result<Option<&'a str>> {
    if source.other_charsets().is_empty() || known.is_empty() {
        return Ok(known.first().copied());
    }
    let encodings = known.iter().filter_map(|label| Some((*label, Encoding::for_label(label.as_bytes())?)));
    let mut candidates: Vec<Candidate<'a>> =
        encodings.map(|(label, encoding)| Candidate::new(label, encoding)).collect();
    let mut file = source.text(Charset::Utf8)?;
    let mut bytes = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut bytes)?;
        candidates.retain_mut(|candidate| candidate.takes(&bytes[..count], count == 0));
        if count == 0 || candidates.is_empty() {
            return Ok(candidates.first().map(|candidate| candidate.label));
        }
    }
}

struct Candidate<'a> {
    label: &'a str,
    encoding: &'static Encoding,
    decoder: Decoder,
}

impl<'a> Candidate<'a> {
    fn new(label: &'a str, encoding: &'static Encoding) -> Self {
        Self { label, encoding, decoder: encoding.new_decoder_without_bom_handling() }
    }

    /// Whether the next bytes are text in this encoding.
    fn takes(&mut self, mut bytes: &[u8], last: bool) -> bool {
        if self.encoding == WINDOWS_1252 {
            return !bytes.iter().any(|byte| NOT_WESTERN.contains(byte));
        }
        let mut text = [0; 1 << 12];
        loop {
            let (result, read, _) = self.decoder.decode_to_utf8_without_replacement(bytes, &mut text, last);
            match result {
                DecoderResult::InputEmpty => return true,
                DecoderResult::OutputFull => bytes = &bytes[read..],
                DecoderResult::Malformed(..) => return false,
            }
        }
    }
}
