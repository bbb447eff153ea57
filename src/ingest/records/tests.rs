//! Does every byte of a text end up in a record, and every record whole?

use proptest::prelude::*;

use super::*;

type Table = Vec<Vec<Vec<u8>>>;

fn read_all(text: &[u8], width: Option<usize>) -> (Table, Vec<Option<Fault>>, u64) {
    let mut records = Records::over(text, Dialect { delimiter: b',', quotes: true, width });
    let (mut rows, mut faults, mut bytes) = (Vec::new(), Vec::new(), 0);
    while let Some(record) = records.read().unwrap() {
        rows.push(record.cells().map(<[u8]>::to_vec).collect());
        faults.push(record.fault);
        bytes += record.length;
    }
    (rows, faults, bytes)
}

#[test]
fn every_line_that_an_open_quote_swallows_is_counted() {
    let (rows, faults, bytes) = read_all(b"a,b\n\"c,d\ne,f\ng,h\n", Some(2));
    assert_eq!(rows.len(), 4);
    assert_eq!(faults.iter().filter(|fault| **fault == Some(Fault::UnterminatedQuote)).count(), 3);
    assert_eq!(bytes, 17);
}

#[test]
fn a_lone_carriage_return_ends_only_whole_records() {
    assert_eq!(read_all(b"a,b\rc,d\r", Some(2)).0.len(), 2);
    assert_eq!(read_all(b"a,\rb\nc,d\n", Some(2)).0[0][1], b"\rb");
}

#[test]
fn a_giant_line_is_one_rejected_record() {
    let mut text = vec![b'x'; 3 << 20];
    text.extend_from_slice(b"\na,b\n");
    let (rows, faults, bytes) = read_all(&text, Some(2));
    assert_eq!(faults, [Some(Fault::TooLong), None]);
    assert_eq!(rows[1].len(), 2);
    assert_eq!(bytes, text.len() as u64);
}

fn written(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

proptest! {
    #[test]
    fn what_was_written_is_read(rows in prop::collection::vec(prop::collection::vec("[a,\"\n\r; ]{0,6}", 3), 1..8)) {
        let (read, _, _) = read_all(&written(&rows), Some(3));
        let texts: Vec<Vec<String>> = read
            .into_iter()
            .map(|row| row.into_iter().map(|cell| String::from_utf8(cell).unwrap()).collect())
            .collect();
        prop_assert_eq!(texts, rows);
    }

    #[test]
    fn a_plain_line_is_cut_at_each_delimiter(line in prop::collection::vec(prop::sample::select(b",,+-.x\x00\xac".to_vec()), 1..60)) {
        let cells: Vec<Vec<u8>> = line.split(|byte| *byte == b',').map(<[u8]>::to_vec).collect();
        prop_assert_eq!(&read_all(&line, Some(3)).0, &[cells]);
    }

    #[test]
    fn blocks_of_plain_lines_are_those_of_any_lines(lines in prop::collection::vec("[a,;]{0,9}", 0..40), bytes in 1_usize..60) {
        let text = lines.join("\n");
        let plain = Dialect { delimiter: b',', quotes: false, width: None };
        let blocks = |text: &str| {
            let mut records = Records::over(text.as_bytes(), plain);
            let mut blocks = Vec::new();
            while let Some(block) = records.block(bytes).unwrap() {
                blocks.push((block.line, String::from_utf8(block.text).unwrap()));
            }
            blocks
        };
        let mut slow = Vec::new();
        let mut records = Records::over(text.as_bytes(), plain);
        let (mut line, mut block) = (1, String::new());
        while let Some(record) = records.read().unwrap() {
            if block.is_empty() {
                line = record.line;
            }
            block += std::str::from_utf8(record.raw).unwrap();
            if block.len() >= bytes {
                slow.push((line, std::mem::take(&mut block)));
            }
        }
        slow.extend((!block.is_empty()).then_some((line, block)));
        prop_assert_eq!(blocks(&text), slow);
    }

    #[test]
    fn no_byte_is_passed_over(text in prop::collection::vec(prop::sample::select(b"a,\"\n\r".to_vec()), 0..400)) {
        prop_assert_eq!(read_all(&text, Some(3)).2, text.len() as u64);
    }
}
