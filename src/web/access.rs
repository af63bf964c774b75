//! What somebody who signed in may do, and for which sites.

use std::fmt;
use std::str::FromStr;

use crate::base::id::Id;

/// What an account is here; the first may do the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Everything, people and the removal of sites among it.
    Owner,
    /// Everything but people.
    Admin,
    /// The queue, comments and threads of some sites.
    Moderator,
}

impl Role {
    pub const EVERY: [Self; 3] = [Self::Owner, Self::Admin, Self::Moderator];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Moderator => "moderator",
        }
    }

    /// “an owner”
    #[must_use]
    pub fn with_article(self) -> &'static str {
        match self {
            Self::Owner => "an owner",
            Self::Admin => "an admin",
            Self::Moderator => "a moderator",
        }
    }

    /// Whether this role may do all that `other` may.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self <= other
    }
}

impl FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::EVERY
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("“{text}” is none of owner, admin, moderator"))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whose comments and threads somebody may see and act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    Everything,
    /// Those of these sites; of none, when there is none.
    Sites(Vec<Id>),
}

impl Access {
    #[must_use]
    pub fn allows(&self, site: Id) -> bool {
        match self {
            Self::Everything => true,
            Self::Sites(sites) => sites.contains(&site),
        }
    }

    /// What is left when somebody looks at one site only. A site that is not allowed leaves nothing.
    #[must_use]
    pub fn within(&self, site: Option<Id>) -> Self {
        match site {
            Some(site) if self.allows(site) => Self::Sites(vec![site]),
            Some(_) => Self::Sites(Vec::new()),
            None => self.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_may_do_all_and_a_moderator_the_least() {
        assert!(Role::Owner.covers(Role::Admin) && Role::Admin.covers(Role::Moderator));
        assert!(!Role::Admin.covers(Role::Owner) && !Role::Moderator.covers(Role::Admin));
        assert!(Role::EVERY.iter().all(|role| role.as_str().parse() == Ok(*role)));
    }

    #[test]
    fn looking_at_one_site_never_widens_what_is_allowed() {
        let some = Access::Sites(vec![Id(1), Id(2)]);
        assert_eq!(some.within(Some(Id(2))), Access::Sites(vec![Id(2)]));
        assert_eq!(some.within(Some(Id(3))), Access::Sites(vec![]));
        assert_eq!(some.within(None), some);
        assert_eq!(Access::Everything.within(Some(Id(3))), Access::Sites(vec![Id(3)]));
        assert!(!some.allows(Id(3)) && Access::Everything.allows(Id(3)));
    }
}
