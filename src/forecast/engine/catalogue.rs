//! Every model and every shape of error that the backtest may choose from.

use super::super::models::{Croston, Holt, Model, Ses, Theta, Tsb, Window};

/// A model of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ModelKind {
    Ses(Ses),
    Tsb(Tsb),
    Croston(Croston),
    Window(Window),
    Holt(Holt),
    Theta(Theta),
    /// Damped trend with each series' own constants.
    Tuned,
}

impl ModelKind {
    /// Its name in reports.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Ses(model) => model.name(),
            Self::Tsb(model) => model.name(),
            Self::Croston(model) => model.name(),
            Self::Window(model) => model.name(),
            Self::Holt(model) => model.name(),
            Self::Theta(model) => model.name(),
            Self::Tuned => "holt tuned".to_owned(),
        }
    }

    /// By how much of its loss it must be better than others to be worth its time: a search per series
    /// costs as much as ten other models.
    pub(crate) fn handicap(self) -> f64 {
        if self == Self::Tuned { 0.001 } else { 0.0 }
    }

    /// Whether it follows each turn: not offered where most values are 0.
    pub(crate) fn is_lively(self) -> bool {
        match self {
            Self::Tuned => true,
            Self::Theta(model) => model.alpha > 0.2,
            Self::Ses(model) => model.alpha > 0.3,
            _ => false,
        }
    }
}

const fn ses(alpha: f64) -> ModelKind {
    ModelKind::Ses(Ses { alpha, averaging: true })
}

const fn tsb(size: f64, chance: f64) -> ModelKind {
    ModelKind::Tsb(Tsb { size, chance })
}

const fn holt(alpha: f64, beta: f64, damping: f64) -> ModelKind {
    ModelKind::Holt(Holt { alpha, beta, damping })
}

/// The models, from the steadiest to the liveliest; those with a trend last.
pub(crate) static MODELS: &[ModelKind] = &[
    ses(0.01),
    ses(0.02),
    ses(0.05),
    ses(0.1),
    ses(0.15),
    ses(0.2),
    ses(0.3),
    ses(0.4),
    ses(1.0),
    tsb(0.05, 0.05),
    tsb(0.05, 0.2),
    ModelKind::Croston(Croston { alpha: 0.1, corrected: true }),
    ModelKind::Window(Window { days: 28 }),
    ModelKind::Window(Window { days: 112 }),
    ModelKind::Window(Window { days: 364 }),
    holt(0.1, 0.05, 0.95),
    ModelKind::Theta(Theta { alpha: 0.1 }),
    ModelKind::Theta(Theta { alpha: 0.4 }),
    ModelKind::Tuned,
];

/// How the error of a sum is spread around its mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Shape {
    /// As the past errors of the sum themselves.
    Errors,
    /// As the past errors, each in proportion to the root of what was expected.
    ScaledErrors,
    /// Negative binomial with the mean and the error variance of the sum.
    Counts(Spread),
    /// Normal.
    Normal(Spread),
}

/// Which error variance a shape takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Spread {
    /// The mean square of the series' own errors.
    Own,
    /// In proportion to the mean: errors at a lower level count as they would now.
    Scaled,
    /// `Scaled`, pulled towards what series of this mean have: the pool is worth so many sums that do
    /// not overlap.
    Shrunk(f64),
    /// What the pool's past errors say of a series with such errors, mean and roughness.
    Learnt,
}

impl Shape {
    /// Its name in reports.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Errors => "errors".to_owned(),
            Self::ScaledErrors => "scaled errors".to_owned(),
            Self::Counts(spread) => format!("counts{}", spread.name()),
            Self::Normal(spread) => format!("normal{}", spread.name()),
        }
    }
}

impl Shape {
    /// Whether it is made of the past errors themselves.
    pub(crate) fn wants_errors(self) -> bool {
        matches!(self, Self::Errors | Self::ScaledErrors)
    }
}

impl Spread {
    fn name(self) -> String {
        match self {
            Self::Own => String::new(),
            Self::Scaled => " scaled".to_owned(),
            Self::Shrunk(weight) => format!(" shrunk {weight}"),
            Self::Learnt => " learnt".to_owned(),
        }
    }
}

/// The shapes.
pub(crate) static SHAPES: [Shape; 7] = [
    Shape::Errors,
    Shape::ScaledErrors,
    Shape::Counts(Spread::Own),
    Shape::Counts(Spread::Shrunk(4.0)),
    Shape::Counts(Spread::Shrunk(16.0)),
    Shape::Counts(Spread::Learnt),
    Shape::Normal(Spread::Scaled),
];
