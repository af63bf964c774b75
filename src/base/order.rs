//! Which end of a list that grows with time comes first.

/// The order of such a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    Newest,
    Oldest,
}

impl Order {
    /// From an address, where only the oldest first is said.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text == "oldest" { Self::Oldest } else { Self::Newest }
    }

    /// As an address says it; nothing for the usual one.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "",
            Self::Oldest => "oldest",
        }
    }

    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Newest => Self::Oldest,
            Self::Oldest => Self::Newest,
        }
    }

    /// What stands behind `ORDER BY id`.
    #[must_use]
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Newest => "DESC",
            Self::Oldest => "ASC",
        }
    }
}
