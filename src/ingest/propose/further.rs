//! Names that a column has only in files of one kind: elsewhere they mean something else.

use super::names::Names;

/// What lists of sales call an order's columns: a till numbers receipts, a ledger invoices.
#[rustfmt::skip] // a name on each line would be a book
pub(super) const ORDERS: &[Names] = &[
    ("order_id", &[
        "invoice number", "invoice no", "invoice nr", "invoice id", "invoice", "rechnungsnummer", "rechnungsnr",
        "rechnungs nr", "rechnung", "numéro de facture", "n facture", "facture", "número de factura",
        "nº factura", "factura", "numero fattura", "fattura", "numer faktury", "nr faktury", "faktura",
        "fakturanummer", "factuurnummer", "receipt number", "receipt no", "receipt id", "bill number", "bill no",
        "bon nr", "bonnummer", "ticket number", "ticket id", "sale id", "sales id", "sale number",
        "transaction id", "transaction number", "transaction no", "document number", "document no", "paragon",
    ]),
    ("ordered_at", &[
        "purchase timestamp", "order timestamp", "order time", "order datetime", "invoice date", "sale date",
        "sales date", "date of sale", "date sold", "sold on", "transaction date", "transaction time", "timestamp",
        "placed at", "date placed", "rechnungsdatum", "date de facture", "date facture", "fecha de factura",
        "fecha factura", "fecha de venta", "data fattura", "data vendita", "data faktury", "data sprzedaży",
        "data wystawienia", "factuurdatum", "fakturadatum", "data da venda", "売上日",
    ]),
    ("unit_price", &["rate"]),
    ("gross", &[
        "amount", "amt", "sales", "sales amount", "revenue", "betrag", "montant", "importe", "importo", "kwota",
        "bedrag",
    ]),
];

/// What lists of credit notes call the order that a credit is for.
#[rustfmt::skip] // a name on each line would be a book
pub(super) const REFUNDS: &[Names] = &[
    ("order_id", &[
        "zu rechnung", "zur rechnung", "zu rechnungsnr", "zu beleg", "zu auftrag", "bezug", "bezugsbeleg",
        "ursprungsbeleg", "ursprungsrechnung", "original invoice", "original order", "invoice ref",
        "invoice reference", "applies to", "applies to invoice", "for invoice", "against invoice",
        "facture d origine", "facture liée", "factura original", "factura rectificada", "fattura di riferimento",
        "fattura originale", "do faktury", "dotyczy faktury", "oorspronkelijke factuur", "bij factuur",
    ]),
];

/// What services that sell labels call what a label cost and when it was bought.
#[rustfmt::skip] // a name on each line would be a book
pub(super) const LABELS: &[Names] = &[
    ("amount", &[
        "label cost", "label price", "shipping cost", "carrier fee", "postage cost", "postage", "postage fee",
        "amount paid", "total cost", "total charge", "rate amount", "rate", "cost", "price", "charge", "preis",
        "prix", "precio", "prezzo", "cena", "prijs", "portokosten", "porto",
    ]),
    ("posted_at", &[
        "ship date", "label date", "print date", "label created", "shipped at", "shipped date", "created date",
        "created at", "creation date", "object created", "versanddatum", "date d expédition", "fecha de envío",
        "data spedizione", "data nadania", "verzenddatum",
    ]),
];
