//! What shipping services took for labels. Their files name no channel of the shop: the folder does.
//!
//! ShipStation's export of shipments: its columns can be chosen and have two spellings, as importers
//! on public GitHub read them (`Order Number`, `Ship Date`, `Carrier Fee`, `Shipment ID`,
//! `Tracking Number`, `Void Flag`). Export the shipments of one store, so that one folder is right.

use std::any::Any;

use crate::ingest::cell::Reader::{Identifier, Instant, Money, Prose};
use crate::ingest::channels::named_by_content;
use crate::ingest::context::Context;
use crate::ingest::export::{Layout, head, may, need};
use crate::ingest::shape::{Complaint, Draft, Shape, Verdict, View};
use crate::types::Money as Amount;

/// ShipStation's shipments, with what the carrier took.
pub(super) fn shipstation() -> Layout {
    let fields = &[
        need("order_id", &["Order Number", "Order #", "Order - Number"], Identifier),
        need("posted_at", &["Ship Date", "Shipment - Ship Date"], Instant),
        head("fee", &["Carrier Fee", "Carrier - Fee", "Shipment - Carrier Fee"], Money),
        may("shipment", &["Shipment ID", "Shipment #", "Shipment - ID"], Identifier),
        may("tracking", &["Tracking Number", "Tracking #", "Shipment - Tracking Number"], Identifier),
        may("voided", &["Void Flag", "Voided", "Shipment - Voided"], Prose),
        may("service", &["Service", "Carrier - Service"], Prose),
    ];
    Layout::of_folder("shipstation-labels", "labels", "settlement_lines", fields, |_| Box::new(Labels::default()))
}

/// A shipment of several articles is a row for each, with the same fee on every one. Rows of it that
/// do not stand together come together in the lake, where the shipment's number is the line's name.
#[derive(Default)]
struct Labels {
    /// The shipment that was told last, and its fee.
    last: Option<(String, Amount)>,
    /// The shipment that a fork was told first.
    first: Option<String>,
}

impl Shape for Labels {
    fn judge(&mut self, rows: &[View<'_>], context: &Context) -> Vec<Verdict> {
        rows.iter().map(|row| self.label(row, context)).collect()
    }

    fn fork(&self) -> Option<Box<dyn Shape>> {
        Some(Box::new(Self::default()))
    }

    fn join(&mut self, fork: Box<dyn Any>) -> bool {
        let fork = fork.downcast::<Self>().expect("forks of labels are labels");
        let goes_on = |(last, _): &(String, Amount)| fork.first.as_ref() == Some(last);
        if self.last.as_ref().is_some_and(goes_on) {
            return false;
        }
        self.last = fork.last.or(self.last.take());
        true
    }
}

impl Labels {
    fn label(&mut self, view: &View<'_>, context: &Context) -> Verdict {
        let said = |name: &str| view.text(name).unwrap_or_default();
        let Some(told) = view.money("fee").filter(|fee| !fee.is_zero()) else {
            return Verdict::Structure("label without a fee");
        };
        // A voided label stays, worth nothing: an earlier export may have told its fee.
        let voided = matches!(said("voided").trim().to_lowercase().as_str(), "true" | "yes" | "y" | "1");
        let fee = if voided { Amount::ZERO } else { told };
        let Some(at) = view.instant("posted_at") else { return Complaint::missing("posted_at").into() };
        let line = match view.text("shipment").or(view.text("tracking")) {
            Some(shipment) => {
                self.first.get_or_insert_with(|| shipment.to_owned());
                match self.last.replace((shipment.to_owned(), fee)) {
                    Some((last, known)) if last == shipment => {
                        return match known == fee {
                            true => Verdict::Structure("another article of the shipment"),
                            false => Complaint::new("fee", "control_total", "the shipment has two fees").into(),
                        };
                    }
                    _ => shipment.to_owned(),
                }
            }
            None => named_by_content(said("order_id"), at, &[&fee.to_string()]),
        };
        let month: String = at.day_in(context.locale.zone).to_string().chars().take(7).collect();
        let draft = Draft::new("settlement_lines")
            .set("channel", context.channel_name())
            .set("settlement_id", format!("shipstation {month}"))
            .set("line", line)
            .set("posted_at", at)
            .set("order_id", said("order_id"))
            .set("kind", "shipping_label")
            .set("description", if voided { Some("voided") } else { view.text("service") })
            .set("amount", -fee)
            .set("currency", context.channel_currency.as_str());
        Verdict::Facts(vec![draft])
    }
}
