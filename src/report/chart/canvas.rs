//! A sheet of SVG: plotters draws, and every colour and font comes out as a class of the page's
//! style sheet, so that light, dark and paper each have their own.

use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{RGBColor, ShapeStyle, TextStyle};

use crate::report::html::escape;

/// What a mark means; the style sheet knows how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Words beside marks.
    Label,
    /// Words that matter.
    Strong,
    /// Lines behind marks.
    Grid,
    /// The zero line.
    Axis,
    /// What the chart is about.
    Main,
    /// The same, in the background.
    Faint,
    /// A likely range.
    Likely,
    /// A possible range.
    Possible,
    /// A line not to be crossed.
    Limit,
    /// Good for the seller.
    Good,
    /// Bad for the seller.
    Bad,
    /// Parts of a whole, in the order of the statement.
    Part(u8),
    /// What the drawing lies on: stripes over what is estimated.
    Paper,
}

impl Ink {
    /// The class in the style sheet; also the legend's.
    pub(crate) fn class(self) -> String {
        match self {
            Self::Label => "label".into(),
            Self::Strong => "strong".into(),
            Self::Grid => "grid".into(),
            Self::Axis => "axis".into(),
            Self::Main => "main".into(),
            Self::Faint => "faint".into(),
            Self::Likely => "likely".into(),
            Self::Possible => "possible".into(),
            Self::Limit => "limit".into(),
            Self::Good => "good".into(),
            Self::Bad => "bad".into(),
            Self::Part(part) => format!("part{part}"),
            Self::Paper => "paper".into(),
        }
    }

    /// A colour that stands for the ink until [`draw`] puts the class in its place.
    fn colour(self) -> RGBColor {
        let number = INKS.iter().position(|ink| *ink == self).unwrap_or(0);
        RGBColor(1, 2, number as u8)
    }
}

const INKS: &[Ink] = &[
    Ink::Label,
    Ink::Strong,
    Ink::Grid,
    Ink::Axis,
    Ink::Main,
    Ink::Faint,
    Ink::Likely,
    Ink::Possible,
    Ink::Limit,
    Ink::Good,
    Ink::Bad,
    Ink::Part(0),
    Ink::Part(1),
    Ink::Part(2),
    Ink::Part(3),
    Ink::Part(4),
    Ink::Part(5),
    Ink::Paper,
];

/// Where a text's anchor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Centre,
    Right,
}

/// A point in pixels from the upper left.
pub(crate) type Point = (f64, f64);

/// Units of the drawing in one pixel: plotters counts in whole units.
const FINE: f64 = 10.0;

/// Draws on a sheet.
pub(crate) struct Pen<'a> {
    backend: SVGBackend<'a>,
    tips: String,
}

/// The SVG of a drawing `width` × `height` pixels large, named for screen readers.
pub(crate) fn draw(width: f64, height: f64, name: &str, paint: impl FnOnce(&mut Pen<'_>)) -> String {
    let mut svg = String::new();
    let size = (fine(width) as u32, fine(height) as u32);
    let mut pen = Pen { backend: SVGBackend::with_string(&mut svg, size), tips: String::new() };
    paint(&mut pen);
    pen.backend.present().expect("a drawing in memory is finished");
    let tips = std::mem::take(&mut pen.tips);
    drop(pen);
    finish(&svg, size, name, &tips)
}

/// Classes in place of colours, the page's fonts, the tips on top.
fn finish(svg: &str, (width, height): (u32, u32), name: &str, tips: &str) -> String {
    let body_start = svg.find(">\n").map_or(0, |at| at + 2);
    let body_end = svg.rfind("</svg>").unwrap_or(svg.len());
    let mut body = svg[body_start..body_end].replace('\n', "");
    for ink in INKS {
        let RGBColor(red, green, blue) = ink.colour();
        let (colour, class) = (format!("#{red:02X}{green:02X}{blue:02X}"), ink.class());
        body = body.replace(&format!("fill=\"{colour}\""), &format!("class=\"f {class}\""));
        body = body.replace(&format!("stroke=\"{colour}\""), &format!("class=\"s {class}\""));
    }
    for noise in
        [" opacity=\"1\"", " stroke=\"none\"", " fill=\"none\"", " font-family=\"sans-serif\" font-size=\"100\""]
    {
        body = body.replace(noise, "");
    }
    format!("<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{}\">{body}{tips}</svg>", escape(name))
}

fn fine(pixels: f64) -> i32 {
    (pixels * FINE).round() as i32
}

fn place((x, y): Point) -> (i32, i32) {
    (fine(x), fine(y))
}

impl Pen<'_> {
    /// A straight line.
    pub(crate) fn line(&mut self, from: Point, to: Point, ink: Ink, width: f64) {
        self.backend.draw_line(place(from), place(to), &stroke(ink, width)).expect("a drawing in memory");
    }

    /// A line through points.
    pub(crate) fn path(&mut self, points: &[Point], ink: Ink, width: f64) {
        let points = points.iter().copied().map(place);
        self.backend.draw_path(points, &stroke(ink, width)).expect("a drawing in memory");
    }

    /// A filled shape.
    pub(crate) fn area(&mut self, points: &[Point], ink: Ink) {
        let points = points.iter().copied().map(place);
        self.backend.fill_polygon(points, &stroke(ink, 0.0)).expect("a drawing in memory");
    }

    /// A filled rectangle between two corners in any order.
    pub(crate) fn rect(&mut self, (x0, y0): Point, (x1, y1): Point, ink: Ink) {
        let (from, to) = (place((x0.min(x1), y0.min(y1))), place((x0.max(x1), y0.max(y1))));
        self.backend.draw_rect(from, to, &stroke(ink, 0.0), true).expect("a drawing in memory");
    }

    /// A filled dot.
    pub(crate) fn dot(&mut self, centre: Point, radius: f64, ink: Ink) {
        let radius = fine(radius) as u32;
        self.backend.draw_circle(place(centre), radius, &stroke(ink, 0.0), true).expect("a drawing in memory");
    }

    /// A text whose middle is at the height of the point.
    pub(crate) fn text(&mut self, at: Point, align: Align, ink: Ink, text: &str) {
        let horizontal = match align {
            Align::Left => HPos::Left,
            Align::Centre => HPos::Center,
            Align::Right => HPos::Right,
        };
        let colour = ink.colour();
        let style = TextStyle::from(("sans-serif", 124)).color(&colour).pos(Pos::new(horizontal, VPos::Center));
        self.backend.draw_text(text, &style, place(at)).expect("a drawing in memory");
    }

    /// A text that shows when the pointer rests on this rectangle.
    pub(crate) fn tip(&mut self, (x0, y0): Point, (x1, y1): Point, text: &str) {
        let (from, to) = (place((x0.min(x1), y0.min(y1))), place((x0.max(x1), y0.max(y1))));
        self.tips.push_str(&format!(
            "<rect class=\"tip\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{}</title></rect>",
            from.0,
            from.1,
            to.0 - from.0,
            to.1 - from.1,
            escape(text)
        ));
    }
}

fn stroke(ink: Ink, width: f64) -> ShapeStyle {
    ShapeStyle { color: ink.colour().into(), filled: false, stroke_width: fine(width) as u32 }
}
