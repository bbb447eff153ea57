//! What files call the columns of the lake's tables: orders here, all else in [`super::books`], and what only
//! files of one kind call so in [`super::further`].

use super::guess::Subject;
use super::{books, further};

/// A column of the lake, and what headers call it.
pub(super) type Names = (&'static str, &'static [&'static str]);

/// What headers call the columns of the lake, the most telling name first.
pub(super) fn all_names() -> impl Iterator<Item = &'static Names> {
    ORDERS.iter().chain(books::NAMES)
}

/// What headers of a file about something call a column of a table, the most telling name first.
pub(super) fn names(table: &str, column: &str, subject: Subject) -> impl Iterator<Item = &'static str> {
    let mut lists = vec![own(column)];
    if table == "order_lines" || (table, column) == ("refund_lines", "order_id") {
        lists.push(of(further::ORDERS, column));
    }
    if table == "refund_lines" {
        lists.push(of(further::REFUNDS, column));
    }
    if table == "settlement_lines" && subject == Subject::Labels {
        lists.insert(0, of(further::LABELS, column));
    }
    if (table, column, subject) == ("refund_lines", "refunded_at", Subject::Returns) {
        // The day on which something came back may be called as any day.
        lists.extend(["posted_at", "ordered_at"].map(own));
    }
    lists.into_iter().flatten().copied()
}

fn own(column: &str) -> &'static [&'static str] {
    all_names().find(|(name, _)| *name == column).map_or(&[], |(_, names)| names)
}

fn of(list: &'static [Names], column: &str) -> &'static [&'static str] {
    list.iter().find(|(name, _)| *name == column).map_or(&[], |(_, names)| names)
}

/// What headers call a column that orders have.
#[rustfmt::skip] // a name on each line would be a book
const ORDERS: &[(&str, &[&str])] = &[
    ("channel", &[
        "channel", "sales channel", "marketplace", "store", "store name", "order channel", "verkaufskanal",
        "kanal", "canal de venta", "canal", "canale", "kanał sprzedaży", "kanał", "verkoopkanaal",
    ]),
    ("order_id", &[
        "order id", "order number", "order no", "order", "order ref", "order reference", "bestellnummer",
        "bestellnr", "bestell nr", "auftragsnr", "auftrags nr", "auftragsnummer", "auftrag", "belegnummer",
        "beleg nr", "vorgang", "vorgangsnummer", "bestellung", "numéro de commande", "commande", "pedido",
        "ordine", "ticket", "receipt", "sales order", "po number", "po no", "po", "purchase order",
        "purchase order number", "numer zamówienia", "nr zamówienia", "zamówienie", "encomenda",
        "número da encomenda", "nº encomenda", "objednávka", "číslo objednávky", "rendelésszám", "bestelling",
        "bestelnummer", "ordrenummer", "order nr", "ordernummer", "ordrenr", "tilausnumero", "nº pedido",
        "número de pedido", "número do pedido", "numero ordine", "n commande", "注文番号", "注文id", "vbeln",
    ]),
    ("line_id", &[
        "line id", "order line id", "order item id", "line number", "line no", "item id", "position", "pos",
        "line", "order line", "line item id", "order detail id", "row id", "line item number", "positionsnummer",
        "pos nr", "position nr", "riga", "ligne", "lp", "posnr",
    ]),
    ("ordered_at", &[
        "order date", "ordered", "ordered at", "ordered on", "purchase date", "date ordered", "created",
        "created at", "date created", "placed on", "sold at", "bestelldatum", "auftragsdatum", "belegdatum",
        "verkaufsdatum", "eingang am", "eingangsdatum", "bestellt am", "erfasst am", "date commande",
        "data ordine", "date de commande", "po date", "data zamówienia", "fecha", "data", "date", "datum",
        "data zakupu", "data złożenia zamówienia", "data złożenia", "data da encomenda", "data encomenda",
        "data do pedido", "data da compra", "fecha de compra", "fecha del pedido", "kaufdatum", "date d achat",
        "datum objednávky", "besteldatum", "beställningsdatum", "orderdatum", "ordredato", "tilauspäivä", "dato",
        "注文日", "注文日時", "rendelés dátuma", "erdat", "audat",
    ]),
    ("sku", &[
        "sku", "seller sku", "merchant sku", "item sku", "variant sku", "product sku", "article number",
        "item number", "item code", "product code", "artikelnummer", "artikel nr", "artikelnr", "art nr", "artnr",
        "material", "materialnummer", "référence", "referencia", "codice articolo", "item", "part number",
        "style", "artikel", "article", "kod produktu", "indeks", "symbol", "codice", "código", "código do artigo",
        "código do produto", "código de artículo", "codigo", "referência", "kod towaru", "artikelcode", "kód",
        "product id", "product number", "product no", "product nr", "stock code", "article id", "article no",
        "item no", "item nr", "art no", "variant id", "internal reference", "code article", "code produit",
        "référence produit", "cod articolo", "codice prodotto", "referencia producto", "referência do produto",
        "produktnummer", "produkt nr", "varenummer", "varenr", "artikkelnummer", "tuotenumero", "tuotekoodi",
        "cikkszám", "kód produktu", "katalogové číslo", "nr katalogowy", "商品コード", "商品番号", "matnr", "item id",
        "product", "produkt", "producto", "prodotto", "produto", "produit",
    ]),
    ("title", &[
        "title", "product name", "item name", "product", "name", "description", "artikelbezeichnung",
        "bezeichnung", "kurztext", "artikelname", "produktname", "beschreibung", "désignation", "descripción",
        "descrizione", "nazwa", "nazwa produktu", "article", "descrição", "produto", "nome do produto", "artigo",
        "producto", "prodotto", "nazwa towaru", "libellé", "název", "megnevezés", "product title", "item title",
        "item description", "product description", "designation", "benämning", "varunamn", "varenavn",
        "produktnavn", "tuotenimi", "terméknév", "商品名", "omschrijving", "productnaam", "arktx",
    ]),
    ("quantity", &[
        "quantity", "qty", "qty ordered", "quantity ordered", "units", "pieces", "menge", "anzahl", "anz",
        "bestellmenge", "stückzahl", "stück", "quantité", "cantidad", "quantità", "ilość", "change", "delta",
        "quantidade", "qtd", "qtde", "cant", "qté", "ilość sztuk", "liczba sztuk", "sztuk", "aantal", "antal",
        "množství", "mennyiség", "qnty", "pcs", "stk", "units sold", "qty sold", "quantity sold",
        "quantity shipped", "qty shipped", "szt", "kpl", "db", "adet", "数量", "個数", "cantidad pedida", "ilosc",
        "kwmeng",
    ]),
    ("unit_price", &[
        "unit price", "price each", "item price", "price", "net price", "selling price", "einzelpreis",
        "stückpreis", "preis", "stückpreis netto", "nettopreis", "prix unitaire", "precio", "prezzo", "cena",
        "cena netto", "cena jednostkowa", "preço unitário", "preço", "precio unitario", "prezzo unitario",
        "cena brutto", "prix", "prijs", "pris", "cena za sztukę", "price per unit", "unit amount", "sale price",
        "sales price", "verkaufspreis", "vk preis", "vk", "preis pro stück", "styckpris", "enhedspris",
        "stykpris", "enhetspris", "yksikköhinta", "egységár", "jednotková cena", "stuksprijs", "単価", "netpr",
    ]),
    ("gross", &[
        "line total", "gross", "extended price", "item total", "line amount", "subtotal", "total",
        "positionswert", "positionssumme", "zeilensumme", "gesamtpreis", "gesamt", "gesamtbetrag", "warenwert", "total price", "line value",
        "extended amount", "gross amount", "gross amt", "net sales", "umsatz", "montant ligne", "total ligne",
        "importe línea", "importo riga", "wartość", "valor total", "radsumma", "rivisumma", "金額", "netwr",
    ]),
    ("discount", &[
        "discount", "item discount", "discount amount", "rabatt", "remise", "descuento", "sconto", "desconto",
        "korting", "zniżka", "sleva",
    ]),
    ("shipping_charged", &["shipping charged", "shipping", "shipping price", "freight", "versand"]),
    ("tax", &[
        "tax", "sales tax", "vat", "item tax", "tax amount", "mwst", "ust", "tva", "iva", "btw", "moms", "dph",
        "podatek",
    ]),
    ("currency", &[
        "currency", "currency code", "curr", "waehrung", "währung", "devise", "moneda", "valuta", "waluta",
        "moeda", "divisa", "měna", "pénznem", "currency iso", "valutakod", "通貨", "waerk",
    ]),
    ("status", &[
        "status", "order status", "state", "order state", "po state", "po status", "stan zamówienia", "zustand",
        "auftragsstatus", "bestellstatus", "lieferstatus", "statut", "estado", "stato", "stan", "situação",
        "situación", "bestelstatus", "orderstatus", "stato ordine", "estado del pedido", "statut de commande",
        "stav", "payment status", "payment state", "financial status", "zahlstatus", "zahlungsstatus",
        "bezahlstatus", "statut de paiement", "estado del pago", "estado de pago", "stato pagamento",
        "stato del pagamento", "status płatności", "betaalstatus", "betalningsstatus", "estado do pagamento",
    ]),
    ("country", &[
        "country", "ship country", "shipping country", "country code", "lieferland", "land", "pays", "país",
        "kraj", "paese", "ship to country", "destination country", "bestemmingsland", "země",
    ]),
];
