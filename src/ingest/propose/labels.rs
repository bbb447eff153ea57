//! Does a file tell what labels cost? Services that sell them write a row per parcel.

use super::guess::Guess;
use super::speech::{holds, holds_part, spoken};
use crate::ingest::sniff::Sniffed;

/// How words begin that number a parcel.
const PARCELS: &[&str] = &[
    "tracking",
    "label id",
    "shipment id",
    "parcel",
    "sendungs",
    "przesył",
    "suivi",
    "seguimiento",
    "spedizione",
    "rastre",
];

/// Words that name who carries it.
const CARRIERS: &[&str] = &[
    "carrier",
    "courier",
    "provider",
    "service",
    "service level",
    "versanddienst",
    "versanddienstleister",
    "versandart",
    "transporteur",
    "transportista",
    "corriere",
    "kurier",
    "przewoźnik",
    "vervoerder",
    "fraktbolag",
];

/// Whether a file numbers parcels, names their carriers and sells nothing, as `orders` is what it would be as
/// orders.
pub(super) fn tells_of_labels(orders: &Guess, sniffed: &Sniffed) -> bool {
    let headers: Vec<String> = sniffed.headers.iter().map(|header| spoken(header)).collect();
    let numbers = headers.iter().any(|header| PARCELS.iter().any(|part| holds_part(header, part)));
    let carries = headers.iter().any(|header| CARRIERS.iter().any(|word| holds(header, word)));
    let has = |column| orders.columns.contains_key(column);
    let sells = (has("sku") || has("title")) && has("quantity");
    numbers && carries && !sells
}
