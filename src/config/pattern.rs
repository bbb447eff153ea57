//! Does a text fit what the settings say? `*` stands for any letters, also none.

/// A text of the settings in which `*` stands for any letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// The pattern that a person wrote.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it fits texts of which only a part is written down.
    pub fn is_open(&self) -> bool {
        self.0.contains('*')
    }

    /// How many letters it names: of two patterns that fit, the one that says more counts.
    pub fn weight(&self) -> usize {
        self.0.chars().filter(|letter| *letter != '*').count()
    }

    /// Whether the text is one of those that are meant, letter by letter, without the blanks around it.
    ///
    /// ```
    /// # use trueup::config::Pattern;
    /// assert!(Pattern::new("C*").fits("C536379"));
    /// assert!(Pattern::new("*-gift-*").fits("MUG-gift-RED"));
    /// assert!(!Pattern::new("C*").fits("536379"));
    /// assert!(!Pattern::new("POST").fits("POSTER"));
    /// ```
    pub fn fits(&self, text: &str) -> bool {
        let text = text.trim();
        let Some((start, rest)) = self.0.split_once('*') else { return text == self.0 };
        let Some(mut left) = text.strip_prefix(start) else { return false };
        let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
        for part in middle.split('*') {
            match left.find(part) {
                Some(place) => left = &left[place + part.len()..],
                None => return false,
            }
        }
        left.ends_with(end)
    }
}
