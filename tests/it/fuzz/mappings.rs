//! `[mapping.NAME]`, with files that fit it more or less.

use std::fs;

use trueup::config::Settings;
use trueup::ingest;

use super::{End, SETTINGS, garbled, try_all};
use crate::mutations::{Chance, damage, read_one};

const FILE: &str = "No,Day,Time,Item,In,Out,Each,Rate,Total,Tax,State\n\
    1,2026-02-01,10:15,MUG-BLUE,5,2,4.00,10,12.00,1.92,done\n\
    1,,,POST,1,0,6.00,0,18.00,2.87,done\n\
    G2,2026-02-03,11:00,MUG-RED,0,1,4.00,0,-4.00,-0.64,Goods back\n\
    3,2026-02-04,00:00,MUG-RED,1,0,0.50,0,0.50,,Non-Market\n\
    4,2026-02-05,23:59,\"MUG, GREEN\",7,0,1.25,5,8.31,1.33,done\n";

/// Settings whose mapping alone is garbled; the rest is as it should be.
fn settings(chance: &mut Chance) -> String {
    let (rest, mapping) = SETTINGS.split_once("[mapping.sales]\n").unwrap();
    let mapping = if chance.below(4) == 0 { mapping.to_owned() } else { garbled(mapping, chance) };
    format!("{rest}[mapping.sales]\n{mapping}\n")
}

#[test]
fn any_mapping_reads_its_file_or_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("exports/market/sales.csv");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    try_all("mappings", 500, |chance| {
        let text = settings(chance);
        let settings = match Settings::parse(&folder.path().join("trueup.toml"), folder.path(), &text) {
            Ok(settings) => settings,
            refused => return End::of(refused),
        };
        let mut file = FILE.as_bytes().to_vec();
        if chance.below(2) == 0 {
            damage(&mut file, &[FILE, SETTINGS], chance);
        }
        fs::write(&path, file).unwrap();
        let explained = ingest::explain(&path, &settings);
        match ingest::check_mappings(&settings).and(explained.map(drop)) {
            Ok(()) => read_one(&path, &settings).map_or(End::Refused, |_| End::Read),
            refused => End::of(refused),
        }
    });
}
