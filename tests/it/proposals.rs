//! What is proposed for exports that nobody has seen: nothing is counted as what it is not, and what cannot be
//! told is asked.

use std::fs;

use trueup::ingest::{self, Proposal};

use crate::ingest_guesses::Export;
use crate::project::{Project, has, said, stderr};

fn proposed(name: &str, text: &str) -> (Export, Proposal) {
    let export = Export::new(name, text.as_bytes());
    let proposal = export.explained("").proposal.unwrap_or_else(|| panic!("nothing is proposed for {text}"));
    (export, proposal)
}

/// Which header fills each of a proposal's columns.
fn columns(proposal: &Proposal, text: &str) -> Vec<(&'static str, String)> {
    let header = text.lines().next().unwrap();
    let delimiter = if header.contains(';') { ';' } else { ',' };
    let headers: Vec<&str> = header.split(delimiter).collect();
    let mut columns: Vec<_> =
        proposal.columns.iter().map(|(place, column)| (*column, headers[*place].to_owned())).collect();
    columns.sort_unstable();
    columns
}

#[track_caller]
fn fills(proposal: &Proposal, text: &str, wanted: &[(&'static str, &str)]) {
    let columns = columns(proposal, text);
    for (column, header) in wanted {
        assert!(columns.contains(&(*column, (*header).to_owned())), "`{column}` is not `{header}`\n{}", proposal.toml);
    }
}

/// Order lines as ledgers, tills and marketplaces call them, each ready to be pasted.
const SALES: &[(&str, &[(&str, &str)])] = &[
    (
        "OrderNumber,OrderDate,SKUCode,ItemDescription,QtyOrdered,UnitPrice,CurrencyCode\n\
         A-1,2026-11-02,MUG-1,Mug,3,12.40,USD\nA-2,2026-11-03,MUG-2,Cup,1,9.10,USD\n",
        &[("order_id", "OrderNumber"), ("sku", "SKUCode"), ("title", "ItemDescription"), ("currency", "CurrencyCode")],
    ),
    (
        "InvoiceNo,InvoiceDate,StockCode,Quantity,UnitPrice,CustomerID\n\
         880,2026-11-02 09:15:00,77-B,3,12.40,5\n881,2026-11-02 09:16:00,78-B,1,2.40,6\n",
        &[("order_id", "InvoiceNo"), ("ordered_at", "InvoiceDate"), ("sku", "StockCode"), ("unit_price", "UnitPrice")],
    ),
    (
        "ORDER_NO,ORDER_DATE,ITEM_NO,QTY,UNIT_PRICE\nA-1,2026-11-02,MUG-1,3,12.40\n",
        &[("order_id", "ORDER_NO"), ("ordered_at", "ORDER_DATE"), ("sku", "ITEM_NO"), ("unit_price", "UNIT_PRICE")],
    ),
    (
        "ordernumber,orderdate,_productid,quantity,unitprice\n11,2026-11-02,7,3,12.40\n12,2026-11-02,8,3,12.40\n",
        &[("order_id", "ordernumber"), ("ordered_at", "orderdate"), ("sku", "_productid"), ("unit_price", "unitprice")],
    ),
    (
        "DocumentNo;PostingDate;LineNo;ItemNo;Description;Quantity;UnitPrice;LineAmount\n\
         SI-7;23.11.2026;10000;K-1;Krug;2;4,10;8,20\nSI-7;23.11.2026;20000;K-2;Topf;1;3,10;3,10\n",
        &[("order_id", "DocumentNo"), ("line_id", "LineNo"), ("sku", "ItemNo"), ("gross", "LineAmount")],
    ),
    (
        "Ordrenr;Ordredato;Varenr;Varenavn;Antal;Stykpris\nD-1;23.11.2026;KOP-1;Kop;2;41,00\n",
        &[("order_id", "Ordrenr"), ("ordered_at", "Ordredato"), ("sku", "Varenr"), ("unit_price", "Stykpris")],
    ),
    (
        "AuftragsNummer;BestellDatum;ArtikelNummer;Stückzahl;EinzelPreis\nX-1;23.11.2026;K-1;2;4,10\n",
        &[("order_id", "AuftragsNummer"), ("ordered_at", "BestellDatum"), ("quantity", "Stückzahl")],
    ),
    (
        "Numero fattura;Data fattura;Codice prodotto;Descrizione;Quantità;Prezzo unitario\n\
         F-1;23/11/2026;TAZ-1;Tazza;2;4,10\n",
        &[("order_id", "Numero fattura"), ("ordered_at", "Data fattura"), ("sku", "Codice prodotto")],
    ),
    (
        "注文番号,注文日,商品コード,商品名,個数,単価\nJ-1,2026-11-20,MUG-1,カップ,2,1200\n",
        &[("order_id", "注文番号"), ("sku", "商品コード"), ("quantity", "個数"), ("unit_price", "単価")],
    ),
    (
        "Receipt ID,Date Sold,Product,Units Sold,Total Price,Cost Price\n\
         R-1,2026-11-20,P-100,2,19.98,5.20\nR-2,2026-11-20,P-200,1,8.98,3.20\n",
        &[("order_id", "Receipt ID"), ("sku", "Product"), ("quantity", "Units Sold"), ("gross", "Total Price")],
    ),
    (
        "Sale ID;Sale Date;Ship Date;Item ID;Item Name;Qty Shipped;Sale Price;Gross Weight\n\
         1;2026-11-20;2026-11-22;9;Mug;2;4.10;0.50\n2;2026-11-21;2026-11-22;9;Mug;1;4.10;0.25\n",
        &[("ordered_at", "Sale Date"), ("sku", "Item ID"), ("unit_price", "Sale Price"), ("quantity", "Qty Shipped")],
    ),
];

#[test]
fn headers_are_compared_as_words_however_they_are_written() {
    for (text, wanted) in SALES {
        let (export, proposal) = proposed("magento/lines.csv", text);
        assert_eq!((proposal.table, proposal.steps()), ("order_lines", Vec::new()), "{}", proposal.toml);
        fills(&proposal, text, wanted);
        assert_eq!(export.rows(&proposal.toml).matches("order_id=").count(), text.lines().count() - 1);
    }
}

#[test]
fn a_number_of_an_article_is_no_title() {
    let text = "line_no,order_no,sold_on,product_id,price_eur\n1,500,2026-11-02,31,8.20\n2,501,2026-11-02,32,9.20\n";
    let (export, proposal) = proposed("magento/items.csv", text);
    fills(&proposal, text, &[("sku", "product_id"), ("unit_price", "price_eur")]);
    assert!(!proposal.toml.contains("title"), "{}", proposal.toml);
    has(&proposal.toml, &["quantity = \"?\"", "currency = \"EUR\""]);
    has(&proposal.steps().join("\n"), &["where a row is one unit", "`quantity = \"1\"` under `constants`"]);
    let said =
        proposal.toml.replace(", quantity = \"?\"", "").replace("constants = { ", "constants = { quantity = \"1\", ");
    assert_eq!(export.rows(&said).matches("quantity=1 ").count(), 2);
}

/// Which channel each row is of is what the column says, in the shop's words.
#[test]
fn channels_of_another_name_are_asked_for() {
    let text = "OrderNumber,SalesChannel,OrderDate,SKU,Qty,Price\n\
        1,Web,2026-11-02,A,1,5.00\n2,MAGENTO,2026-11-03,A,1,5.00\n3,Fair,2026-11-03,A,1,5.00\n";
    let (export, proposal) = proposed("magento/sales.csv", text);
    fills(&proposal, text, &[("channel", "SalesChannel")]);
    has(&proposal.toml, &["channel = { \"Fair\" = \"?\", \"MAGENTO\" = \"magento\", \"Web\" = \"?\" }"]);
    has(&proposal.steps().join("\n"), &["say which channel `Fair` and `Web` each are"]);
    let filled = proposal
        .toml
        .replace("\"Fair\" = \"?\"", "\"Fair\" = \"tiktok\"")
        .replace("\"Web\" = \"?\"", "\"Web\" = \"magento\"");
    assert_eq!(export.rows(&filled).matches("channel=magento").count(), 2);
}

/// A file, its text, and the columns that its proposal must give.
type Proposed<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

/// Files of what came back, by their headers or by their name, in many languages; no row of them is sold.
const RETURNS: &[Proposed<'_>] = &[
    (
        "back.csv",
        "returned_on,order_no,line_no,sku,return_qty,return_amount,return_fee\n2026-11-02,W-1,1,MUG,4,31.20,2.00\n",
        &[
            ("refunded_at", "returned_on"),
            ("quantity", "return_qty"),
            ("amount", "return_amount"),
            ("line_id", "line_no"),
        ],
    ),
    (
        "refunds.csv",
        "order_item_refund_id,created_at,order_item_id,order_id,refund_amount_usd\n7,2026-11-02 10:00:00,31,12,8.20\n",
        &[("refund_id", "order_item_refund_id"), ("refunded_at", "created_at"), ("amount", "refund_amount_usd")],
    ),
    (
        "x.csv",
        "RMA Number,RMA Date,Order Number,ItemNo,Qty,Credit Amount\nR-1,2026-11-02,W-1,MUG,4,31.20\n",
        &[("refund_id", "RMA Number"), ("refunded_at", "RMA Date"), ("quantity", "Qty"), ("amount", "Credit Amount")],
    ),
    (
        "credit_memos.csv",
        "Number,Date,Order,SKU,Qty,Total\nC-1,2026-11-02,W-1,MUG,-4,-31.20\nC-2,2026-11-03,W-2,MUG,-1,-7.80\n",
        &[("refunded_at", "Date"), ("quantity", "Qty"), ("amount", "Total")],
    ),
    (
        "x.csv",
        "GutschriftNr;GutschriftDatum;BestellNr;ArtikelNr;Menge;Betrag\nG-1;23.11.2026;B-1;K-1;1;4,10\n",
        &[("refund_id", "GutschriftNr"), ("refunded_at", "GutschriftDatum"), ("order_id", "BestellNr")],
    ),
    (
        "x.csv",
        "N° avoir;Date avoir;N° commande;Référence;Quantité;Montant;Motif\nA-1;23/11/2026;C-1;T-1;1;-4,10;cassé\n",
        &[("refund_id", "N° avoir"), ("refunded_at", "Date avoir"), ("reason", "Motif")],
    ),
    (
        "devoluciones.csv",
        "Pedido;Fecha devolución;Referencia;Cantidad devuelta;Importe reembolsado\nP-1;23/11/2026;T-1;1;4,10\n",
        &[("refunded_at", "Fecha devolución"), ("quantity", "Cantidad devuelta"), ("amount", "Importe reembolsado")],
    ),
    (
        "x.csv",
        "Numero reso;Data reso;Ordine;Codice articolo;Quantità;Importo rimborsato\nR-1;23/11/2026;O-1;T-1;1;4,10\n",
        &[("refund_id", "Numero reso"), ("refunded_at", "Data reso"), ("order_id", "Ordine")],
    ),
    (
        "zwroty.csv",
        "Numer zamówienia;Data;Indeks;Ilość;Kwota\nZ-1;23.11.2026;K-1;1;4,10\n",
        &[("refunded_at", "Data"), ("order_id", "Numer zamówienia"), ("amount", "Kwota")],
    ),
    (
        "retouren.csv",
        "Bestelnummer;Datum;Artikelcode;Aantal;Terugbetaald bedrag\nB-1;23.11.2026;M-1;1;4,10\n",
        &[("refunded_at", "Datum"), ("amount", "Terugbetaald bedrag"), ("sku", "Artikelcode")],
    ),
];

#[test]
fn what_came_back_is_never_sold() {
    for (name, text, wanted) in RETURNS {
        let (export, proposal) = proposed(&format!("magento/{name}"), text);
        assert_eq!(proposal.table, "refund_lines", "{text}{}", proposal.toml);
        fills(&proposal, text, wanted);
        let rows = export.rows(&proposal.toml);
        assert!(
            rows.starts_with("refund_lines\n") && !rows.contains("amount=-") && !rows.contains("quantity=-"),
            "{rows}"
        );
        assert_eq!(rows.matches("amount=").count(), text.lines().count() - 1, "{rows}");
        let asked = ingest::explain_as(&export.path, "order_lines", &export.settings("")).unwrap().proposal.unwrap();
        has(&asked.steps().join("\n"), &["these rows say that they came back", "--table refund_lines"]);
    }
}

/// Orders have columns of their own for what came back, and those are mostly empty or nothing.
#[test]
fn orders_with_refunds_among_their_columns_are_orders() {
    let text = "Order ID,Order Date,SKU,Qty,Price,Refund Amount,Refunded At,RMA,Returnable,Return by\n\
        1,2026-11-02,A,1,5.00,0.00,,,yes,2026-12-02\n2,2026-11-02,B,1,6.00,6.00,2026-11-09,R-1,yes,2026-12-02\n\
        3,2026-11-03,B,2,6.00,0.00,,,yes,2026-12-03\n";
    let (_, proposal) = proposed("magento/sales.csv", text);
    assert_eq!(proposal.table, "order_lines");
    assert!(!proposal.toml.contains("efund") && !proposal.toml.contains("Return"), "{}", proposal.toml);
    assert!(proposal.doubts.iter().any(|doubt| doubt.contains("`Refund Amount`")), "{:?}", proposal.doubts);
    let (_, both) = proposed("magento/sales and returns.csv", text);
    assert_eq!(both.table, "order_lines");
    has(&both.steps().join("\n"), &["the file's name says that it holds returns too"]);
}

/// Sales and returns in one file are told apart by a column that says so, or by their sign.
#[test]
fn rows_of_returns_among_sales_are_asked_about() {
    let text = |of: [&str; 3]| {
        let rows = of.iter().enumerate().map(|(row, said)| format!("{row},2026-11-0{},A-1,1,5.00,{said}\n", row + 1));
        format!("Receipt No,Date,SKU,Qty,Price,{}", rows.collect::<String>())
    };
    for (header, said, word) in [
        ("Document Type\n", ["Invoice", "Credit Memo", "Invoice"], "Credit Memo"),
        ("Art\n", ["Verkauf", "Retoure", "Verkauf"], "Retoure"),
        ("Returned\n", ["No", "Yes", "No"], "Yes"),
    ] {
        let text = text(said).replacen("Price,", &format!("Price,{header}"), 1);
        let (_, proposal) = proposed("magento/till.csv", &text);
        assert_eq!(proposal.table, "order_lines");
        has(&proposal.steps().join("\n"), &[&format!("`{}` says `{word}` on some rows", header.trim())]);
    }
    let policy = text(["Returns accepted"; 3]).replacen("Price,", "Price,Terms\n", 1);
    assert_eq!(proposed("magento/till.csv", &policy).1.steps(), Vec::<String>::new());
    let back = policy.replace(",1,5.00", ",-1,5.00");
    let (export, proposal) = proposed("magento/till.csv", &back);
    has(&proposal.steps().join("\n"), &["`Qty` is below zero, as what came back is", "--table refund_lines"]);
    let asked = ingest::explain_as(&export.path, "refund_lines", &export.settings("")).unwrap().proposal.unwrap();
    fills(&asked, &back, &[("refunded_at", "Date"), ("order_id", "Receipt No"), ("quantity", "Qty")]);
    assert_eq!(export.rows(&asked.toml).matches("quantity=1 ").count(), 3);
}

#[test]
fn refunds_are_no_income() {
    let line = |kind: &str, amount: &str| format!("S-1,2026-11-02,W-{amount},{kind},{amount}\n");
    let header = "Settlement ID,Posted,Order ID,Type,Amount\n";
    let fees = format!("{header}{}{}", line("Chargeback", "4.10"), line("Commission", "7.20"));
    let (export, proposal) = proposed("magento/moves.csv", &fees);
    has(&proposal.toml, &["table = \"settlement_lines\"", "negate = [\"amount\"]"]);
    assert!(export.rows(&proposal.toml).contains("amount=-4.1000"));
    let mixed = format!("{header}{}{}{}", line("Sale", "9.00"), line("Refund", "4.10"), line("Payout", "4.90"));
    let (_, proposal) = proposed("magento/moves.csv", &mixed);
    assert!(!proposal.toml.contains("negate"), "{}", proposal.toml);
    has(&proposal.steps().join("\n"), &["no amount of `Amount` is below zero, though `Refund` take money from you"]);
    let signed = format!("{header}{}{}", line("Sale", "9.00"), line("Refund", "-4.10"));
    let (_, proposal) = proposed("magento/moves.csv", &signed);
    assert_eq!((proposal.toml.contains("negate"), proposal.steps()), (false, Vec::new()));
}

#[test]
fn what_labels_cost_is_spent_on_labels() {
    for text in [
        "Created Date,Recipient,Tracking Number,Cost,Status,Package Type,Carrier,Service,Order ID\n\
         2026-11-02,Ann,9400,4.35,Delivered,Box,USPS,Ground,77\n2026-11-03,Bob,9401,5.35,Delivered,Box,USPS,Ground,78\n",
        "Object Created,Transaction ID,Order Number,Tracking Number,Carrier,Service Level,Rate Amount,Currency\n\
         2026-11-02T08:00:00Z,abc,77,9400,USPS,Priority,4.35,USD\n2026-11-02T08:00:00Z,abd,78,9401,USPS,Priority,5.35,USD\n",
        "Parcel ID;Erstellt am;Bestellnummer;Sendungsnummer;Versanddienst;Preis\n\
         1;02.11.2026;77;JJD1;DHL;4,35\n2;23.11.2026;78;JJD2;DHL;5,35\n",
    ] {
        let (export, proposal) = proposed("magento/labels.csv", text);
        assert_eq!((proposal.table, proposal.steps()), ("settlement_lines", Vec::new()), "{}", proposal.toml);
        let rows = export.rows(&proposal.toml);
        has(&rows, &["order_id=77", "kind=shipping_label | amount=-4.3500", "amount=-5.3500"]);
    }
    let orders = "Order ID,Order Date,Product Name,SKU,Qty,Price,Carrier,Tracking Number\n\
        1,2026-11-02,Mug,A-1,1,5.00,UPS,1Z9\n2,2026-11-02,Mug,A-1,1,5.00,UPS,1Z8\n";
    assert_eq!(proposed("magento/sold.csv", orders).1.table, "order_lines");
}

#[test]
fn what_is_on_hand_is_the_source_of_truths_count() {
    for (text, on_hand, reserved) in [
        ("sku,name,warehouse,on_hand,available,reserved,cost\nA-1,Mug,main,12,10,2,3.10\n", "on_hand", "reserved"),
        (
            "Item,Description,Location,On Hand,Available,Committed,On Order\nA-1,Mug,main,12,10,2,9\n",
            "On Hand",
            "Committed",
        ),
        (
            "ProductCode,Location,Bin,OnHand,Allocated,Available,InTransit\nA-1,main,B4,12,2,10,0\n",
            "OnHand",
            "Allocated",
        ),
        ("Artikelnummer;Gesamtbestand;Verfügbarer Bestand;Reserviert\nA-1;12;10;2\n", "Gesamtbestand", "Reserviert"),
        ("Item Code;Stock on Hand;Committed Stock;Available Stock\nA-1;12;2;10\n", "Stock on Hand", "Committed Stock"),
    ] {
        for folder in ["depot", "magento"] {
            let (export, proposal) = proposed(&format!("{folder}/count_2026-11-20.csv"), text);
            assert_eq!(proposal.table, "stock", "{}", proposal.toml);
            fills(&proposal, text, &[("on_hand", on_hand), ("reserved", reserved)]);
            assert!(!proposal.toml.contains("channel ="), "{}", proposal.toml);
            has(&export.rows(&proposal.toml), &["on_hand=12 | reserved=2"]);
        }
    }
    let text = "SKU,Available,Warehouse\nA-1,10,main\n";
    let (_, proposal) = proposed("depot/free_2026-11-20.csv", text);
    has(&proposal.steps().join("\n"), &["if these are your own counts", "--table stock` proposes that"]);
    let (_, proposal) = proposed("magento/free_2026-11-20.csv", text);
    assert_eq!((proposal.table, proposal.steps()), ("channel_stock", Vec::new()));
    let text = "SKU,On Hand,Available\nA-1,12,10\n";
    let (_, proposal) = proposed("depot/count_2026-11-20.csv", text);
    assert!(proposal.doubts.iter().any(|doubt| doubt.starts_with("`Available` is not used")), "{:?}", proposal.doubts);
}

/// The places in a proposal where something must be said, by the key or word before it.
fn open(toml: &toml::Value, name: &str, found: &mut Vec<String>) {
    match toml {
        toml::Value::Table(table) => table.iter().for_each(|(key, value)| open(value, key, found)),
        toml::Value::String(text) if text == "?" => found.push(name.to_owned()),
        _ => {}
    }
}

/// Whatever the file, a table that is asked for is proposed, and every `?` in it has a question.
#[test]
fn a_table_that_is_asked_for_is_always_proposed() {
    let tables = [
        "order_lines",
        "refund_lines",
        "settlement_lines",
        "stock_movements",
        "costs",
        "channel_stock",
        "stock",
        "products",
    ];
    for (name, text) in [
        ("magento/a.csv", "1,2,3\n4,5,6\n7,8,9\n"),
        ("depot/b.csv", "Foo;Bar\nx;y\n"),
        ("magento/c.csv", "Order,Item 1,Qty 1,Item 2,Qty 2\nA,MUG,1,CUP,2\n"),
        ("magento/d.csv", "Order,Items,Date\nA,MUG x2; CUP x1,2026-11-02\nB,MUG x1; CUP x3,2026-11-02\n"),
        (
            "magento/e.csv",
            "OrderNumber,SalesChannel,Date,State,Discount\nA,Web,2026-11-02,odd,0.10\nB,Fair,2026-11-02,even,0.20\n",
        ),
    ] {
        let export = Export::new(name, text.as_bytes());
        for table in tables {
            let explained = ingest::explain_as(&export.path, table, &export.settings("")).unwrap();
            let proposal = explained.proposal.unwrap_or_else(|| panic!("no {table} for {text}"));
            assert_eq!(proposal.table, table);
            let mut places = Vec::new();
            open(&toml::from_str(&proposal.toml).unwrap(), "", &mut places);
            let steps = proposal.steps().join("\n");
            for place in places {
                assert!(
                    steps.contains(&format!("`{place}`")),
                    "nothing asks for `{place}`: {steps}\n{}",
                    proposal.toml
                );
            }
        }
    }
    let export = Export::new("magento/f.csv", b"Order No,Order date,SKU,Qty\nA,2026-11-02,MUG,1\n");
    let steps = export.explained("").proposal.unwrap().steps().join("\n");
    has(&steps, &["without a price the lines count neither units nor money"]);
}

const ITEMS: &str = "order_id,position_id,product_id,qty,net_price\n900,1,31,1,8.20\n901,1,32,2,9.20\n";
const HEADS: &str = "order_id,customer,order_state,order_time,delivered_at\n\
    900,c1,delivered,2026-11-02 10:00:00,2026-11-09 10:00:00\n901,c2,canceled,2026-11-03 10:00:00,\n";
const PAYMENTS: &str = "order_id,payment_type,instalments,payment_value\n900,card,1,8.20\n901,card,2,18.40\n";

fn folder(files: &[(&str, &str)]) -> Project {
    let settings = "[shop]\ncurrency = \"EUR\"\ntime-zone = \"Europe/Berlin\"\nas-of = 2026-11-30\n\n\
        [channel.web]\nkind = \"other\"\n\n";
    Project::of(settings, files)
}

fn explained(project: &Project, name: &str) -> (String, String) {
    let output = project.trueup(&["ingest", "--explain", &format!("exports/{name}")]);
    (String::from_utf8(output.stdout.clone()).unwrap(), stderr(&output))
}

#[test]
fn orders_that_lie_in_two_files_are_said_to_belong_together() {
    let project = folder(&[("web/heads.csv", HEADS), ("web/items.csv", ITEMS), ("web/paid.csv", PAYMENTS)]);
    let (draft, told) = explained(&project, "web/items.csv");
    has(&draft, &["table = \"order_lines\"", "ordered_at = \"?\""]);
    let join = "`heads.csv` in the same folder has these orders too, by `order_id`, and says `ordered_at` and `status`, which \
                is not here; a mapping reads one file: write `order_time` and `order_state` of `heads.csv` into this file";
    has(&told, &[join]);
    let (draft, told) = explained(&project, "web/heads.csv");
    has(&draft, &["table = \"order_lines\"", "ordered_at = \"order_time\""]);
    has(&told, &["write `order_time` and `order_state` of this file into `items.csv`, looked up by `order_id`"]);
    let (_, told) = explained(&project, "web/paid.csv");
    has(&told, &["which is not here: map that one and not this"]);
}

#[test]
fn orders_that_are_told_twice_are_mapped_once() {
    let items = ITEMS.replace("net_price", "net_price,sold_on").replace(".20\n", ".20,2026-11-02\n");
    let heads = "id,created_at,user,total\n900,2026-11-02 10:00:00,4,8.20\n901,2026-11-03 10:00:00,5,18.40\n";
    let project = folder(&[("web/order_items.csv", &items), ("web/orders.csv", heads)]);
    let (draft, _) = explained(&project, "web/order_items.csv");
    has(
        &draft,
        &["# Paste this", "`orders.csv` in the same folder has these orders too", "or each order counts twice"],
    );
    let (_, told) = explained(&project, "web/orders.csv");
    has(
        &told,
        &["`order_items.csv` in the same folder has these orders too", "all that order lines need: map that one"],
    );
    // Another month of the same export, other orders, and what came back of these are no such files.
    let later = items.replace("900,", "990,").replace("901,", "991,");
    let other = "order_id,created_at,user,total\n1,2026-11-02 10:00:00,4,8.20\n";
    let back = "order_id,refunded_at,refund_amount\n900,2026-11-20,8.20\n";
    let files = [("web/a.csv", items.as_str()), ("web/b.csv", &later), ("web/c.csv", other), ("web/refunds.csv", back)];
    let (draft, told) = explained(&folder(&files), "web/a.csv");
    assert!(!draft.contains("in the same folder") && !told.contains("in the same folder"), "{draft}{told}");
}

/// Rows of a second table get one reason, and before they are read the proposal tells of it.
#[test]
fn a_second_table_in_a_file_is_told_with_its_line() {
    let first: String = (1..=400).map(|row| format!("{row},2026-11-02,Ann,MUG-{row},1,5.00\n")).collect();
    let second: String = (1..=300).map(|row| format!("Ann,2026-11-02,MUG-{row},5.00,1,{row}\n")).collect();
    let header = "Order No,Date,Buyer,SKU,Qty,Price\n";
    let text = format!("{header}{first}Buyer,Date,SKU,Price,Qty,Order No\n{second}");
    let project = folder(&[("web/sales.csv", &text)]);
    let (draft, told) = explained(&project, "web/sales.csv");
    let reason = "line 402 repeats 6 of this file's headers: a second table begins there";
    has(&told, &[reason, "cut the file before line 402"]);
    let settings = fs::read_to_string(project.path("trueup.toml")).unwrap();
    fs::write(project.path("trueup.toml"), settings + &draft).unwrap();
    for command in [&["ingest", "--explain", "web/sales.csv"][..], &["check"], &["ingest"]] {
        let told = said(&project.trueup(command));
        has(&told, &[reason, "cut the file before line 402"]);
        assert!(!told.contains("not a date") && told.matches(reason).count() == 1, "{told}");
    }
}

#[test]
fn days_that_cannot_be_kept_are_told() {
    let text = |year: &str| {
        format!(
            "Order No,Order Date,SKU,Qty,Price,Born\n1,{year}-12-31,A,1,5.00,1980-05-05\n2,2000-01-01,A,1,5.00,1981-05-05\n"
        )
    };
    let (_, some) = proposed("magento/old.csv", &text("1998"));
    fills(&some, &text("1998"), &[("ordered_at", "Order Date")]);
    has(
        &some.doubts.join("\n"),
        &[
            "1 of 2 dates looked at in `Order Date` are not between 2000 and 2099 and cannot be kept: their rows are rejected",
            "2 of 2 dates looked at in `Born` are not between 2000 and 2099",
        ],
    );
    let (_, all) = proposed("magento/old.csv", &text("1998").replace("2000-01-01", "1999-01-01"));
    has(&all.steps().join("\n"), &["2 of 2 dates looked at in `Order Date`", "no row of this file would be read"]);
    let count = "SKU,On hand,Counted at\nA,4,1997-03-01\nB,5,1997-03-01\n";
    has(&proposed("depot/count.csv", count).1.steps().join("\n"), &["`Counted at` are not between 2000 and 2099"]);
}

const RATES: &str = "Order,Date,SKU,Qty,Unit Price,Discount,Tax\n\
    1,2026-11-02,A,5,80.00,0.15,12.00\n2,2026-11-03,B,2,30.00,0.00,9.00\n3,2026-11-03,B,1,30.00,0.05,4.50\n";

#[test]
fn amounts_that_lie_between_nothing_and_one_are_asked_about() {
    let (_, proposal) = proposed("magento/rates.csv", RATES);
    has(&proposal.toml, &["discount = \"?\"", "tax = \"Tax\""]);
    has(
        &proposal.steps().join("\n"),
        &["`Discount` lies between 0 and 1", "`discount_rate = \"Discount\"` in its place"],
    );
    let (_, proposal) = proposed("magento/rates.csv", &RATES.replace("0.05,", "1.05,"));
    assert_eq!(proposal.steps(), Vec::<String>::new());
    // A mapping that reads it is asked too.
    let mapping = "[mapping.rates]\nchannel = \"web\"\ntable = \"order_lines\"\n\
        columns = { order_id = \"Order\", ordered_at = \"Date\", sku = \"SKU\", quantity = \"Qty\", unit_price = \"Unit Price\", \
        discount = \"Discount\", tax = \"Tax\" }\nconstants = { currency = \"EUR\", status = \"paid\" }\n";
    let question = "every amount of `Discount` lies between 0 and 1";
    let told = |text: &str, command: &[&str]| {
        let project = folder(&[("web/rates.csv", text)]);
        let settings = fs::read_to_string(project.path("trueup.toml")).unwrap();
        fs::write(project.path("trueup.toml"), settings + mapping).unwrap();
        stderr(&project.trueup(command))
    };
    for command in [&["check"][..], &["ingest", "--explain", "web/rates.csv"]] {
        has(&told(RATES, command), &[question]);
        assert!(!told(&RATES.replace("0.15", "12.00"), command).contains("between 0 and 1"));
        // Where all is worth less than one, a small amount is one.
        let cheap = RATES.replace("80.00", "0.80").replace("30.00", "0.30").replace("12.00", "0.12");
        let cheap = cheap.replace("9.00", "0.09").replace("4.50", "0.04").replace(",5,", ",1,");
        assert!(!told(&cheap, command).contains("between 0 and 1"));
    }
}

/// Names of files and headers are shown, and never become settings.
#[test]
fn what_is_read_beside_a_file_writes_no_settings() {
    let evil = "web/orders\n[channel.evil]\nkind = 'etsy'\n#.csv";
    let items = ITEMS.replace("net_price", "\"net_price\n[channel.worse]\"");
    for (name, text) in [(evil, HEADS), ("web/heads.csv", &HEADS.replace("order_time", "order time\u{1b}[31m"))] {
        let project = folder(&[(name, text), ("web/items.csv", &items)]);
        for file in [name, "web/items.csv"] {
            let (draft, told) = explained(&project, file);
            let is_setting = |line: &str| line.starts_with("[channel.evil]") || line.starts_with("[channel.worse]");
            assert!(!draft.lines().any(is_setting), "{draft}");
            assert!(!draft.contains('\u{1b}') && !told.contains('\u{1b}'), "{draft}{told}");
            let settings = fs::read_to_string(project.path("trueup.toml")).unwrap();
            assert!(toml::from_str::<toml::Value>(&(settings + &draft)).is_ok(), "{draft}");
        }
    }
}

/// What is proposed reads the file: totals are left out and percents are percents.
#[test]
fn a_proposal_writes_what_it_says() {
    let text = "Rechnungsnr;Rechnungsdatum;Artikelnr;Menge;Einzelpreis;Rabatt %;Zahlstatus\n\
        R-1;23.11.2026;K-1;2;40,00;10,0;bezahlt\nR-2;24.11.2026;K-2;-1;30,00;0,0;bezahlt\nSumme;;;1;;;\n";
    let (_, proposal) = proposed("laden/verkauf.csv", text);
    fills(&proposal, text, &[("discount_rate", "Rabatt %"), ("status", "Zahlstatus")]);
    let wanted = [
        "skip = { \"Rechnungsnr\" = \"Summe\" }\n",
        "percent = [\"discount_rate\"]\n",
        "\n# where rows below zero are credit notes:\n# negative = \"refunded\"\n",
    ];
    has(&proposal.toml, &wanted);
    let project = folder(&[("web/verkauf.csv", text)]);
    let (draft, _) = explained(&project, "web/verkauf.csv");
    let settings = fs::read_to_string(project.path("trueup.toml")).unwrap();
    fs::write(project.path("trueup.toml"), settings + &draft.replace("# negative", "negative")).unwrap();
    has(&stderr(&project.trueup(&["ingest"])), &["Finished 2 rows from 1 file"]);
    // With signs it says itself what it is; below one it is asked about.
    let (_, proposal) = proposed("laden/verkauf.csv", &text.replace("10,0;", "10,0%;").replace(";0,0;", ";0,0%;"));
    assert!(!proposal.toml.contains("percent"), "{}", proposal.toml);
    let (_, proposal) = proposed("laden/verkauf.csv", &text.replace("10,0;", "0,1;"));
    has(&proposal.toml, &["\n# where `0.1` is a tenth of a percent:\n# percent = [\"discount_rate\"]\n"]);
}

#[test]
fn another_reading_of_a_discount_is_written_as_a_comment() {
    let (_, proposal) = proposed("magento/rates.csv", RATES);
    has(&proposal.toml, &["# columns = { order_id = \"Order\"", "tax = \"Tax\"", "discount_rate = \"Discount\" }\n"]);
    let text = "Order,Date,SKU,Qty,Unit Price,Sort\n1,2026-11-02,A,5,80.00,sale\n2,2026-11-03,B,2,30.00,refund\n";
    has(&proposed("magento/sorts.csv", text).1.toml, &["# skip = { \"Sort\" = \"refund\" }\n"]);
}

/// A ledger's list of what things cost names the price without tax, its day and its currency.
#[test]
fn a_list_of_costs_is_taken_for_one_though_it_names_products() {
    for (text, wanted) in [
        (
            "Artikelnr;Bezeichnung;EK netto;Währung;gültig ab;Marke\nK-1;Krug;3,15;EUR;01.02.2026;Ton\n",
            [("unit_cost", "EK netto"), ("currency", "Währung"), ("from", "gültig ab")],
        ),
        (
            "Item code,Description,Brand,Barcode,Supplier,Cost price (excl. VAT),Curr,Valid from\n\
             J-1,Jug,Clay,12345670,Kiln,3.15,GBP,2026-02-01\n",
            [("unit_cost", "Cost price (excl. VAT)"), ("currency", "Curr"), ("from", "Valid from")],
        ),
    ] {
        let (_, proposal) = proposed("truth/prices.csv", text);
        assert_eq!(proposal.table, "costs", "{}", proposal.toml);
        fills(&proposal, text, &wanted);
        assert!(!proposal.doubts.iter().any(|doubt| doubt.contains("currency")), "{:?}", proposal.doubts);
    }
}

#[test]
fn invoices_and_credit_notes_of_a_ledger_say_that_their_prices_are_net() {
    let invoices = "Belegnr;Belegdatum;Artikelnr;Menge;VK netto;Gesamt netto\nR-1;05.02.2026;K-1;3;4,10;12,30\n";
    let (_, proposal) = proposed("market/rechnungen.csv", invoices);
    fills(&proposal, invoices, &[("unit_price", "VK netto"), ("gross", "Gesamt netto"), ("order_id", "Belegnr")]);
    let says_net = |proposal: &Proposal| proposal.doubts.iter().any(|doubt| doubt.contains("prices are without tax"));
    assert!(says_net(&proposal), "{:?}", proposal.doubts);
    let credits = "Gutschriftnr;Datum;zu Rechnung;Artikelnr;Menge;Betrag netto\nG-1;24.02.2026;R-1;K-1;1;4,10\n";
    let (_, proposal) = proposed("market/gutschriften.csv", credits);
    assert_eq!(proposal.table, "refund_lines");
    fills(
        &proposal,
        credits,
        &[("order_id", "zu Rechnung"), ("refund_id", "Gutschriftnr"), ("amount", "Betrag netto")],
    );
}

#[test]
fn a_location_becomes_a_pool_the_way_the_run_says_it() {
    let (_, proposal) = proposed("truth/stock_2026-02-28.csv", "SKU,Warehouse,On hand\nK-1,Kiln,4\n");
    let told = proposal.doubts.join("\n");
    assert!(told.contains("set `pool = \"Kiln\"` under each `[channel.NAME]`"), "{told}");
}
