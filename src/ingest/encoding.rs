//! Which encoding is this file's, where it is not UTF-8? What the settings declare, what its export comes
//! in, or what its letters suggest.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, DecoderResult, Encoding, WINDOWS_1252};

use super::export::Layout;
use super::source::{Charset, Source};
use crate::config::{ChannelSettings, Settings};
use crate::types::Currency;

/// Bytes that mean nothing in windows-1252; Japanese and Chinese text is full of them.
const NOT_WESTERN: [u8; 5] = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

/// Bytes beyond ASCII, with what stands around them, that a guess is made from.
const GUESSED_FROM: usize = 1 << 20;

/// What may be said of a file that is not UTF-8.
pub(super) struct Encodings {
    /// What its folder's channel declares.
    declared: Option<&'static str>,
    /// What its letters suggest; none where it is UTF-8, or damaged UTF-8.
    guessed: Option<&'static str>,
}

impl Encodings {
    pub(super) fn of(source: &Source, folder: Option<&ChannelSettings>, settings: &Settings) -> io::Result<Self> {
        let declared = folder.and_then(|channel| channel.encoding).filter(|_| source.is_not_utf8());
        let guessed = if source.is_in_another() { Some(guessed(source, settings.shop.currency)?) } else { None };
        Ok(Self { declared, guessed })
    }

    /// The encoding of a file that no export knows.
    pub(super) fn usual(&self) -> Option<&'static str> {
        self.declared.or(self.guessed)
    }

    /// The encodings to look for headers in, the likeliest first.
    pub(super) fn to_try(&self, source: &Source, charset: Charset, layouts: &[Layout]) -> Vec<Charset> {
        let usual = self.usual().and_then(Charset::legacy).unwrap_or(charset);
        let mut charsets = vec![usual];
        if !source.is_not_utf8() {
            return charsets;
        }
        let is_open = self.declared.is_none() && self.guessed.is_some();
        let others = ["shift_jis", "windows-1252", "gbk"].into_iter().filter(|_| is_open);
        let by_layouts = layouts.iter().filter_map(|layout| layout.style.encoding);
        for charset in by_layouts.chain(others).filter_map(Charset::legacy) {
            if !charsets.contains(&charset) {
                charsets.push(charset);
            }
        }
        charsets
    }

    /// The encoding of a file of this layout; `header` is the one in which its headers were found, where
    /// that tells anything.
    pub(super) fn of_layout(
        &self,
        source: &Source,
        layout: &Layout,
        header: Option<Charset>,
    ) -> io::Result<Option<&'static str>> {
        if let Some(declared) = layout.style.encoding.or(self.declared) {
            return Ok(Some(declared));
        }
        let known = layout.style.encodings;
        let found = header.filter(|charset| matches!(charset, Charset::Legacy(_))).map(Charset::label);
        if known.is_empty() {
            let guessed = self.guessed.filter(|_| layout.mapping().is_some());
            return Ok(found.or(guessed));
        }
        let is_known = |label: &&str| known.iter().any(|known| Charset::legacy(known) == Charset::legacy(label));
        match found.filter(is_known) {
            Some(label) => Ok(Some(label)),
            None if self.guessed.is_some() => Ok(fitting(source, known)?.or(found)),
            None => Ok(found),
        }
    }
}

/// What the letters of a file suggest, told what is usual where its shop's currency is at home.
fn guessed(source: &Source, currency: Currency) -> io::Result<&'static str> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut file = source.text(Charset::Utf8)?;
    let mut bytes = vec![0; 1 << 16];
    let mut fed = 0;
    while fed < GUESSED_FROM {
        let count = file.read(&mut bytes)?;
        if count == 0 {
            break;
        }
        if !bytes[..count].is_ascii() {
            detector.feed(&bytes[..count], false);
            fed += count;
        }
    }
    detector.feed(&[], true);
    let home = HOMES.iter().find(|(code, _)| *code == currency.as_str()).map(|(_, home)| home.as_bytes());
    Ok(detector.guess(home, Utf8Detection::Deny).name())
}

/// Where currencies are at home that are used in one country, as domains name it.
const HOMES: &[(&str, &str)] = &[
    ("PLN", "pl"),
    ("CZK", "cz"),
    ("HUF", "hu"),
    ("RON", "ro"),
    ("TRY", "tr"),
    ("BGN", "bg"),
    ("UAH", "ua"),
    ("RUB", "ru"),
    ("RSD", "rs"),
    ("JPY", "jp"),
    ("KRW", "kr"),
    ("CNY", "cn"),
    ("TWD", "tw"),
];

/// The first encoding of an export in which the whole file is text; none where it is in none, and then
/// its rows say so.
fn fitting<'a>(source: &Source, known: &[&'a str]) -> io::Result<Option<&'a str>> {
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
