//! What is guessed of a file that no export knows: its encoding, its table, its columns.

use std::fs;
use std::path::PathBuf;

use encoding_rs::{Encoding, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};
use trueup::config::Settings;
use trueup::ingest::{self, Explanation};

use crate::ingest_others::{read, settings, written};

/// A file in a folder of its own.
pub(crate) struct Export {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) path: PathBuf,
}

impl Export {
    pub(crate) fn new(name: &str, bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        Self { folder, path }
    }

    pub(crate) fn settings(&self, more: &str) -> Settings {
        settings(self.folder.path(), more)
    }

    pub(crate) fn explained(&self, more: &str) -> Explanation {
        ingest::explain(&self.path, &self.settings(more)).unwrap()
    }

    /// The rows that it becomes; what is rejected or refused instead.
    pub(crate) fn rows(&self, more: &str) -> String {
        let (receipt, kept) = read(&self.path, &self.settings(more));
        match receipt {
            Err(refusal) => panic!("{refusal}\n{more}"),
            Ok(receipt) => assert_eq!(receipt.rejected, 0, "{:?}\n{more}", kept.rejects),
        }
        written(&kept.batches)
    }
}

fn in_encoding(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    let (bytes, _, lossy) = encoding.encode(text);
    assert!(!lossy, "{text}");
    bytes.into_owned()
}

/// Orders of a Polish shop.
const POLISH: &str = "Nr zamówienia;Data złożenia;Indeks;Nazwa;Ilość;Cena brutto;Waluta;Stan\n\
    Z-1;20.11.2026;WAZ-Ł/30;Wąż ogrodowy, żółty;2;49,90;PLN;wysłane\n\
    Z-2;21.11.2026;KUB-1;Kubek ceramiczny;1;19,00;PLN;opłacone\n";

const MAPPING: &str = "[mapping.zamowienia]\nchannel = \"magento\"\ntable = \"order_lines\"\n\
    columns = { order_id = \"Nr zamówienia\", ordered_at = \"Data złożenia\", sku = \"Indeks\", title = \"Nazwa\", \
    quantity = \"Ilość\", unit_price = \"Cena brutto\", currency = \"Waluta\", status = \"Stan\" }\n\
    words = { status = { \"wysłane\" = \"shipped\", \"opłacone\" = \"paid\" } }\n";

#[test]
fn letters_tell_the_encoding() {
    let russian = POLISH.replace("Wąż ogrodowy, żółty", "Шланг садовый, жёлтый");
    let russian = russian.replace("złożenia", "заказа").replace("zamówienia", "заказа").replace("Ilość", "Количество");
    let russian = russian.replace('Ł', "Л").replace("wysłane", "отправлен").replace("opłacone", "оплачен");
    let western = POLISH.replace("Wąż ogrodowy, żółty", "Gießkanne, grün für Gärten");
    let western = western.replace("złożenia", "Bestellung").replace("Ilość", "Stück").replace('Ł', "Ü");
    let western = western.replace("wysłane", "versandt").replace("opłacone", "bezahlt");
    for (text, encoding) in [(POLISH, WINDOWS_1250), (&russian, WINDOWS_1251), (&western, WINDOWS_1252)] {
        let export = Export::new("magento/orders.csv", &in_encoding(text, encoding));
        let told = export.explained("");
        let looks = told.looks.unwrap();
        assert_eq!(looks.encoding, encoding.name());
        let headers: Vec<&str> = looks.columns.iter().map(|(header, _)| header.as_str()).collect();
        assert_eq!(headers, text.lines().next().unwrap().split(';').collect::<Vec<_>>());
        let toml = told.proposal.unwrap().toml;
        assert!(toml.contains(&format!("encoding = \"{}\"", encoding.name())), "{toml}");
    }
}

#[test]
fn a_mapping_reads_central_european_letters() {
    let export = Export::new("magento/orders.csv", &in_encoding(POLISH, WINDOWS_1250));
    for encoding in ["", "encoding = \"windows-1250\"\n", "encoding = \"cp1250\"\n"] {
        let more = format!("{MAPPING}{encoding}");
        let rows = export.rows(&more);
        assert!(rows.contains("sku=WAZ-Ł/30") && rows.contains("title=Wąż ogrodowy, żółty"), "{rows}");
        assert_eq!(export.explained(&more).recognition.unwrap().encoding, "windows-1250");
    }
    // Headers without such letters tell nothing: the rows do.
    let plain = POLISH.replace("zamówienia", "zam").replace("złożenia", "zam").replace("Ilość", "Sztuk");
    let more = MAPPING.replace("zamówienia", "zam").replace("złożenia", "zam").replace("Ilość", "Sztuk");
    let export = Export::new("magento/orders.csv", &in_encoding(&plain, WINDOWS_1250));
    let rows = export.rows(&more);
    assert!(rows.contains("sku=WAZ-Ł/30") && rows.contains("title=Wąż ogrodowy, żółty"), "{rows}");
}

/// What is declared is believed: a mapping's before its channel's, and neither of a file that is UTF-8.
#[test]
fn a_declared_encoding_is_believed() {
    let text = POLISH.replace("WAZ-Ł/30", "WAZ-£/30").replace("Wąż ogrodowy, żółty", "Waz");
    let ascii = |text: &str| text.replace(['ó', 'ż', 'ł', 'ś', 'ć'], "_");
    let (text, mapping) = (ascii(&text), ascii(MAPPING));
    let export = Export::new("magento/orders.csv", &in_encoding(&text, WINDOWS_1252));
    let rows = export.rows(&format!("{mapping}encoding = \"windows-1252\"\n"));
    assert!(rows.contains("sku=WAZ-£/30"), "{rows}");
    let rows = export.rows(&format!("{mapping}encoding = \"windows-1250\"\n"));
    assert!(rows.contains("sku=WAZ-Ł/30"), "{rows}");
    let channel = "[channel.portal]\nkind = \"other\"\nencoding = \"windows-1252\"\n";
    let in_channel = |encoding: &str| format!("{channel}{}{encoding}", mapping.replace("magento", "portal"));
    let export = Export::new("portal/orders.csv", &in_encoding(&text, WINDOWS_1252));
    assert!(export.rows(&in_channel("")).contains("sku=WAZ-£/30"));
    assert!(export.rows(&in_channel("encoding = \"windows-1250\"\n")).contains("sku=WAZ-Ł/30"));
    let export = Export::new("portal/orders.csv", POLISH.as_bytes());
    let rows = export.rows(&format!("{channel}{}", MAPPING.replace("magento", "portal")));
    assert!(rows.contains("title=Wąż ogrodowy, żółty"), "{rows}");
    let text = format!("{MAPPING}encoding = \"cp-nowhere\"\n");
    let path = export.folder.path().join("trueup.toml");
    let refusal = Settings::parse(&path, export.folder.path(), &format!("[shop]\ncurrency = \"PLN\"\n{text}"));
    assert!(refusal.is_err());
}

/// A header that could not be decoded can't be typed.
#[test]
fn no_message_tells_to_type_what_cannot_be_typed() {
    let more = MAPPING.replace("order_id = \"Nr zamówienia\"", "order_id = \"Nr zamówienia klienta\"");
    let export = Export::new("magento/orders.csv", &in_encoding(POLISH, WINDOWS_1250));
    let refusal = read(&export.path, &export.settings(&more)).0.unwrap_err();
    assert!(refusal.hint.as_ref().unwrap().contains("Nr zamówienia"), "{refusal}");
    let mut damaged = POLISH.replace("Nr zamówienia", "Nr zam_wienia").into_bytes();
    damaged[6] = 0xf3;
    let export = Export::new("magento/orders.csv", &damaged);
    let told = export.explained(MAPPING);
    let hint = told.refusal.unwrap().hint.unwrap();
    assert!(!hint.contains('\u{fffd}'), "{hint}");
    assert!(told.proposal.is_none_or(|proposal| !proposal.toml.contains('\u{fffd}')));
}

/// Letters of other writing are found as they always were.
#[test]
fn japanese_headers_are_found() {
    let text = "注文番号,注文日,商品コード,数量\nJ-1,2026-11-20,MUG-1,2\n";
    let mapping = "[mapping.j]\nchannel = \"magento\"\ntable = \"order_lines\"\n\
        columns = { order_id = \"注文番号\", ordered_at = \"注文日\", sku = \"商品コード\", quantity = \"数量\" }\n\
        constants = { currency = \"JPY\", status = \"paid\" }\n";
    let export = Export::new("magento/orders.csv", &in_encoding(text, SHIFT_JIS));
    assert!(export.rows(mapping).contains("order_id=J-1"));
}

/// What a Polish marketplace took and paid out.
const FEES: &str = "Numer rozliczenia;Rodzaj operacji;Numer zamówienia;Kwota;Waluta;Data operacji\n\
    R-2026-11;Sprzedaż;Z-1;99,80;PLN;20.11.2026\nR-2026-11;Prowizja;Z-1;-9,98;PLN;20.11.2026\n\
    R-2026-11;Wypłata;;-89,82;PLN;21.11.2026\n";

#[test]
fn a_settlement_is_not_proposed_as_orders() {
    let export = Export::new("magento/oplaty.csv", FEES.as_bytes());
    let toml = export.explained("").proposal.unwrap().toml;
    let columns = "columns = { amount = \"Kwota\", currency = \"Waluta\", kind = \"Rodzaj operacji\", \
                   order_id = \"Numer zamówienia\", posted_at = \"Data operacji\", settlement_id = \"Numer rozliczenia\" }";
    assert!(toml.contains("table = \"settlement_lines\"") && toml.contains(columns), "{toml}");
    assert!(!toml.contains("constants") && !toml.contains("sku"), "{toml}");
    let rows = export.rows(&toml);
    for row in ["settlement_id=R-2026-11", "kind=referral_fee | amount=-9.9800", "kind=payout | amount=-89.8200"] {
        assert!(rows.contains(row), "{row} is not in {rows}");
    }
}

/// Without its kind's header, and with headers for amount and date that nobody knows, it is no order either.
#[test]
fn what_cells_look_like_stands_in_for_headers() {
    for number in ["Numer rozliczenia", "Abrechnungsnummer", "N.º liquidação", "Número de liquidación"] {
        let text = FEES.replace("Numer rozliczenia", number).replace("Rodzaj operacji", "Uwagi");
        let text = text.replace("Kwota", "Suma PLN").replace("Data operacji", "Kiedy");
        let export = Export::new("magento/oplaty.csv", text.as_bytes());
        let told = export.explained("");
        let proposal = told.proposal.unwrap();
        let columns = format!(
            "columns = {{ amount = \"Suma PLN\", currency = \"Waluta\", order_id = \"Numer zamówienia\", \
             posted_at = \"Kiedy\", settlement_id = \"{number}\", kind = \"?\" }}"
        );
        assert!(proposal.toml.contains(&columns), "{}", proposal.toml);
        assert!(told.refusal.unwrap().hint.unwrap().contains("no header says `kind`"));
    }
}

#[test]
fn a_number_of_orders_is_no_article() {
    let orders = "N.º Encomenda;Data;Referência;Descrição;Quantidade;Preço Unitário;Moeda;Estado;Portes\n\
        PT-1;20/11/2026;CAN-AZ;Caneca azul;2;12,50;EUR;Enviada;3,90\nPT-2;21/11/2026;CAN-VD;Caneca verde;1;12,50;EUR;Paga;3,90\n";
    let proposal = |text: &str| Export::new("magento/x.csv", text.as_bytes()).explained("").proposal.unwrap();
    let told = proposal(orders);
    let columns = "columns = { currency = \"Moeda\", order_id = \"N.º Encomenda\", ordered_at = \"Data\", \
                   quantity = \"Quantidade\", sku = \"Referência\", status = \"Estado\", title = \"Descrição\", \
                   unit_price = \"Preço Unitário\" }";
    assert!(told.toml.contains("table = \"order_lines\"") && told.toml.contains(columns), "{}", told.toml);
    let unused = "`Portes` holds amounts or dates and nothing uses it";
    assert!(told.doubts.iter().any(|doubt| doubt == unused), "{:?}", told.doubts);
    for number in ["N.º Encomenda", "Numer faktury", "Rechnung Nr", "Payout reference", "Kundennummer"] {
        let text = format!("{number};Data;Descrição;Quantidade\nPT-1;20/11/2026;Caneca;2\nPT-2;21/11/2026;Prato;1\n");
        let told = proposal(&text);
        assert!(!told.toml.contains(&format!("sku = \"{number}\"")), "{}", told.toml);
    }
}

/// Another save of the same export may write numbers the other way round: what a file proves is not written down.
#[test]
fn what_the_file_proves_is_not_told() {
    let export = Export::new("magento/orders.csv", POLISH.as_bytes());
    let toml = export.explained("").proposal.unwrap().toml;
    assert!(!toml.contains("decimal") && !toml.contains("date-order"), "{toml}");
    assert!(export.rows(&toml).contains("unit_price=49.9000"));
    let again = POLISH.replace("49,90", "49.90").replace("19,00", "19.00");
    assert!(Export::new("magento/orders.csv", again.as_bytes()).rows(&toml).contains("unit_price=49.9000"));
    // Only a column without a use proves it, and the dates prove nothing.
    let open = "Order No;Order date;SKU;Qty;Price;Weight\nA;02/03/2026;MUG;1;1.200;0,5\nB;03/04/2026;CUP;1;2.500;0,5\n";
    let toml = Export::new("magento/orders.csv", open.as_bytes()).explained("").proposal.unwrap().toml;
    assert!(toml.contains("decimal = \",\"") && toml.contains("date-order = \"mdy\""), "{toml}");
}

#[test]
fn a_count_is_of_its_date_column() {
    let count = "Indeks;Nazwa;Stan;Data spisu\nKUB-1;Kubek;12;2026-11-20T06:15\nWAZ-1;Wąż;3;2026-11-20T06:15\n";
    for header in ["Data spisu", "Spisano dnia", "Zählung vom"] {
        let export = Export::new("truth/stany.csv", count.replace("Data spisu", header).as_bytes());
        let proposal = export.explained("").proposal.unwrap();
        assert!(proposal.toml.contains(&format!("columns = {{ at = \"{header}\"")), "{}", proposal.toml);
        assert!(!proposal.doubts.iter().any(|doubt| doubt.contains("time of the count")), "{:?}", proposal.doubts);
        assert!(export.rows(&proposal.toml).contains("at=2026-11-20T11:15:00Z"));
    }
    let later = count.replace("Data spisu", "Ważne do").replace("2026-11-20T06:15", "2027-11-20");
    let proposal = Export::new("truth/stany.csv", later.as_bytes()).explained("").proposal.unwrap();
    assert!(!proposal.toml.contains("Ważne do"), "{}", proposal.toml);
    assert!(proposal.doubts.iter().any(|doubt| doubt.contains("`Ważne do` holds amounts or dates")));
}
