//! A line of a few weeks, as small as a word.

use super::canvas::{Ink, Point, draw};
use super::scale::Scale;

/// The line through `values`, from zero up.
pub(crate) fn spark(values: &[f64], name: &str) -> String {
    let (width, height) = (104.0, 22.0);
    let high = values.iter().copied().fold(0.0, f64::max);
    let across = Scale::new((0.0, values.len().max(2) as f64 - 1.0), (2.0, width - 4.0));
    let down = Scale::new((0.0, high), (height - 2.0, 3.0));
    let points: Vec<Point> =
        values.iter().enumerate().map(|(index, value)| (across.at(index as f64), down.at(*value))).collect();
    draw(width, height, name, |pen| {
        pen.path(&points, Ink::Main, 1.5);
        if let Some(last) = points.last() {
            pen.dot(*last, 2.2, Ink::Main);
        }
    })
}
