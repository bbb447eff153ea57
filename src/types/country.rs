//! Countries by the names that exports write for them.

/// ISO 3166 letters, and the names of channels that write none of them: in English, in German and in
/// the country's own language.
const NAMES: &[(&str, &[&str])] = &[
    ("AE", &["united arab emirates"]),
    ("AR", &["argentina"]),
    ("AT", &["austria", "österreich"]),
    ("AU", &["australia", "australien"]),
    ("BE", &["belgium", "belgien", "belgique", "belgië"]),
    ("BG", &["bulgaria", "bulgarien"]),
    ("BR", &["brazil", "brasilien", "brasil"]),
    ("CA", &["canada", "kanada"]),
    ("CH", &["switzerland", "schweiz", "suisse"]),
    ("CL", &["chile"]),
    ("CN", &["china"]),
    ("CY", &["cyprus", "zypern"]),
    ("CZ", &["czech republic", "czechia", "tschechische republik", "tschechien", "česko"]),
    ("DE", &["germany", "deutschland", "allemagne"]),
    ("DK", &["denmark", "dänemark", "danmark"]),
    ("EE", &["estonia", "estland"]),
    ("ES", &["spain", "spanien", "españa", "espagne"]),
    ("FI", &["finland", "finnland", "suomi"]),
    ("FR", &["france", "frankreich"]),
    ("GB", &["uk", "united kingdom", "great britain", "vereinigtes königreich", "großbritannien", "royaume-uni"]),
    ("GR", &["greece", "griechenland"]),
    ("HK", &["hong kong", "hongkong"]),
    ("HR", &["croatia", "kroatien", "hrvatska"]),
    ("HU", &["hungary", "ungarn", "magyarország"]),
    ("ID", &["indonesia", "indonesien"]),
    ("IE", &["ireland", "irland", "republic of ireland"]),
    ("IL", &["israel"]),
    ("IN", &["india", "indien"]),
    ("IS", &["iceland", "island"]),
    ("IT", &["italy", "italien", "italia", "italie"]),
    ("JP", &["japan", "日本"]),
    ("KR", &["south korea", "korea, republic of", "südkorea"]),
    ("LI", &["liechtenstein"]),
    ("LT", &["lithuania", "litauen"]),
    ("LU", &["luxembourg", "luxemburg"]),
    ("LV", &["latvia", "lettland"]),
    ("MT", &["malta"]),
    ("MX", &["mexico", "mexiko", "méxico"]),
    ("MY", &["malaysia"]),
    ("NL", &["netherlands", "the netherlands", "niederlande", "nederland", "pays-bas"]),
    ("NO", &["norway", "norwegen", "norge"]),
    ("NZ", &["new zealand", "neuseeland"]),
    ("PH", &["philippines", "philippinen"]),
    ("PL", &["poland", "polen", "polska"]),
    ("PT", &["portugal"]),
    ("RO", &["romania", "rumänien", "românia"]),
    ("SE", &["sweden", "schweden", "sverige"]),
    ("SG", &["singapore", "singapur"]),
    ("SI", &["slovenia", "slowenien", "slovenija"]),
    ("SK", &["slovakia", "slowakei", "slovensko"]),
    ("TH", &["thailand"]),
    ("TR", &["turkey", "türkiye", "türkei"]),
    ("TW", &["taiwan"]),
    (
        "US",
        &["usa", "united states", "united states of america", "vereinigte staaten", "vereinigte staaten von amerika"],
    ),
    ("VN", &["vietnam", "viet nam"]),
    ("ZA", &["south africa", "südafrika"]),
];

/// The two letters of the country that a text names by them or by its name; none where it is not known.
///
/// ```
/// use trueup::types::country_code;
/// assert_eq!(country_code("Deutschland"), Some("DE"));
/// assert_eq!(country_code("uk"), Some("GB"));
/// assert_eq!(country_code("Atlantis"), None);
/// ```
pub fn country_code(text: &str) -> Option<&'static str> {
    let wanted = text.trim().to_lowercase();
    let names = |(code, names): &&(&str, &[&str])| code.eq_ignore_ascii_case(&wanted) || names.contains(&&*wanted);
    NAMES.iter().find(names).map(|(code, _)| *code)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_name_is_one_countrys() {
        let all: Vec<&str> = NAMES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }
}
