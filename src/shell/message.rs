//! A message drawn as the compiler does it: phrase, place, excerpt, hint.

use std::path::Path;

use annotate_snippets::renderer::{AnsiColor, Effects, Style};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::plain::{plain, plain_with_span};
use crate::error::{Diagnostic, Place, Severity};

/// Wide enough for the line of an export; a longer one is cut around what is meant.
const WIDTH: usize = 140;

/// The message as `Shell` prints it, with its end.
pub fn draw(diagnostic: &Diagnostic, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let title = plain(&diagnostic.message);
    let named = |path: &Path| plain(&path.strip_prefix(".").unwrap_or(path).display().to_string());
    let path = diagnostic.place.as_ref().map(|place| named(&place.path));
    let excerpt = diagnostic.place.as_ref().and_then(excerpt);
    let mut group = Group::with_title(level.primary_title(title.as_str()));
    if let (Some(path), Some(place), Some(excerpt)) = (&path, &diagnostic.place, &excerpt) {
        let mark = AnnotationKind::Primary.span(excerpt.span.clone()).label(excerpt.label.as_str());
        let snippet = Snippet::source(excerpt.text.as_str()).path(path.as_str()).line_start(place.line.unwrap_or(1));
        group = group.element(snippet.annotation(mark));
    }
    let renderer = if colour { Renderer::styled().hyperlink(false) } else { Renderer::plain() };
    let mut text = renderer.term_width(WIDTH).render(&[group]);
    text.push('\n');
    if let (Some(path), Some(place), None) = (&path, &diagnostic.place, &excerpt) {
        let style = if colour { AnsiColor::BrightBlue.on_default().effects(Effects::BOLD) } else { Style::new() };
        let line = place.line.map_or_else(String::new, |line| format!(":{line}"));
        text.push_str(&format!(" {style}-->{style:#} {path}{line}\n"));
    }
    if !diagnostic.details.is_empty() {
        text.push('\n');
    }
    for line in &diagnostic.details {
        text.push_str(&format!("  {}\n", plain(line)));
    }
    if let Some(hint) = &diagnostic.hint {
        let style = if colour { AnsiColor::BrightCyan.on_default().effects(Effects::BOLD) } else { Style::new() };
        text.push_str(&format!("\n{style}hint{style:#}: {}\n", plain(hint)));
    }
    text
}

struct PlainExcerpt {
    text: String,
    span: std::ops::Range<usize>,
    label: String,
}

fn excerpt(place: &Place) -> Option<PlainExcerpt> {
    let excerpt = place.excerpt.as_ref()?;
    let (text, span) = plain_with_span(&excerpt.text, &excerpt.span);
    Some(PlainExcerpt { text, span, label: plain(&excerpt.label) })
}
