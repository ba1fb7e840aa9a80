//! What stands before the word in `${name:-word}`. A quote in there is a mistake, which some shells read over.

/// How much of it has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Head {
    #[default]
    Nothing,
    Name,
    Colon,
    Whole,
}

impl Head {
    /// Whether shells differ about what this character is here: dash drops it, others see a quote.
    pub(super) fn is_misread(self, c: char) -> bool {
        match c {
            '\'' | '"' | '`' | '\\' => self != Self::Whole,
            '$' => self == Self::Name,
            _ => false,
        }
    }

    pub(super) fn then(self, c: char) -> Self {
        match (self, c) {
            (Self::Nothing, '#' | '!' | '?' | '@' | '*' | '$' | '-') => Self::Name,
            (Self::Nothing | Self::Name, c) if c.is_alphanumeric() || c == '_' => Self::Name,
            (Self::Name, ':') => Self::Colon,
            _ => Self::Whole,
        }
    }
}
