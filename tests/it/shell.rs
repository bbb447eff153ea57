//! The voice: messages byte for byte.

use trueup::error::Diagnostic;
use trueup::shell::{draw, list, status_line};

#[test]
fn an_error_in_the_settings_reads_like_a_compilers() {
    let error = Diagnostic::error("service-level", "`service-level` must be between 0 and 1")
        .at_line("trueup.toml", 15)
        .excerpt("service-level = 95", 16..18, "95 % is written `0.95`");
    let expected = "\
error: `service-level` must be between 0 and 1
  --> trueup.toml:15:17
   |
15 | service-level = 95
   |                 ^^ 95 % is written `0.95`
";
    assert_eq!(draw(&error, false), expected);
}

#[test]
fn a_warning_about_rejects_shows_the_cell_and_a_hint() {
    let line = "#20418,2026-02-11,\"1.249,00\",EUR,paid";
    let warning = Diagnostic::warning("rejects", "3 rows rejected; the other 8,240 are in the lake")
        .at_line("exports/shopify/orders_export_1.csv", 4187)
        .excerpt(line, 18..28, "`Total` is not an amount such as `1,249.00`")
        .hint("if this shop writes decimal commas, set `decimal = \",\"` under `[channel.shopify]`");
    let expected = "\
warning: 3 rows rejected; the other 8,240 are in the lake
    --> exports/shopify/orders_export_1.csv:4187:19
     |
4187 | #20418,2026-02-11,\"1.249,00\",EUR,paid
     |                   ^^^^^^^^^^ `Total` is not an amount such as `1,249.00`

hint: if this shop writes decimal commas, set `decimal = \",\"` under `[channel.shopify]`
";
    assert_eq!(draw(&warning, false), expected);
}

#[test]
fn messages_without_an_excerpt_or_a_place_are_short() {
    let missing = Diagnostic::error("missing-folder", "there is no `exports` folder");
    assert_eq!(draw(&missing, false), "error: there is no `exports` folder\n");
    let at_line = missing.clone().at_line("trueup.toml", 3).hint("mkdir exports");
    assert_eq!(
        draw(&at_line, false),
        "error: there is no `exports` folder\n --> trueup.toml:3\n\nhint: mkdir exports\n"
    );
    let in_file = missing.in_file("trueup.toml");
    assert_eq!(draw(&in_file, false), "error: there is no `exports` folder\n --> trueup.toml\n");
}

#[test]
fn data_cannot_steer_the_terminal() {
    let text = "sku,\x1b[2J\u{202e}X,9";
    let error = Diagnostic::error("sku", "`\x1b]0;owned\x07` is no SKU")
        .at_line("a\x1b[1m.csv", 7)
        .excerpt(text, 4..text.len() - 2, "control \x1b characters")
        .hint("remove `\x1b`");
    let drawn = draw(&error, false);
    assert!(drawn.chars().all(|character| character == '\n' || !character.is_control()), "{drawn:?}");
    assert!(drawn.contains(r"7 | sku,\x1b[2J\u{202e}X,9"), "{drawn}");
    assert!(drawn.contains(&format!("     {} control", "^".repeat(r"\x1b[2J\u{202e}X".len()))), "{drawn}");
    let status = status_line("Ingested", "MUG\x1b[2J\r\n", false);
    assert_eq!(status, "    Ingested MUG\\x1b[2J\\r\\n\n");
}

#[test]
fn an_excerpt_may_be_empty_or_its_span_beyond_the_end() {
    let reversed = std::ops::Range { start: 2, end: 1 };
    for (text, span) in [("", 0..0), ("", 3..9), ("äöü", 1..3), ("abc", 3..3), ("abc", reversed)] {
        let error = Diagnostic::error("x", "message").at_line("f.csv", 1).excerpt(text, span, "label");
        assert!(draw(&error, false).starts_with("error: message\n"), "{text:?}");
    }
}

#[test]
fn colour_adds_codes_and_nothing_else() {
    let error = Diagnostic::error("x", "message").at_line("f.csv", 1).excerpt("a,b", 2..3, "label").hint("type this");
    let coloured = draw(&error, true);
    assert_ne!(coloured, draw(&error, false));
    assert_eq!(without_codes(&coloured), draw(&error, false));
    assert_eq!(without_codes(&status_line("Wrote", "x", true)), status_line("Wrote", "x", false));
}

fn without_codes(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\x1b[") {
        plain.push_str(before);
        rest = after.split_once('m').expect("a colour code ends with m").1;
    }
    plain + rest
}

#[test]
fn choices_read_as_a_sentence() {
    let none: [&str; 0] = [];
    assert_eq!(list(&none, "or"), "");
    assert_eq!(list(&["a"], "or"), "`a`");
    assert_eq!(list(&["a", "b"], "and"), "`a` and `b`");
}
