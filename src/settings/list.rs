//! Every setting, and what each means to those who read it. None stands here without an effect.

use std::time::Duration;

use super::Settings;
use super::kind::{Choice, Kind};
use crate::base::config::Network;

/// Something that an admin may change.
#[derive(Debug)]
pub struct Setting {
    pub key: &'static str,
    pub group: Group,
    /// What a form calls it.
    pub name: &'static str,
    /// What it does, in a sentence or two.
    pub about: &'static str,
    /// In its usual form.
    pub default: &'static str,
    pub kind: Kind,
}

/// Where a setting stands on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Addresses,
    Erasing,
    Dashboard,
}

impl Group {
    pub const EVERY: [Self; 3] = [Self::Addresses, Self::Erasing, Self::Dashboard];

    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Addresses => "Network addresses of readers",
            Self::Erasing => "What is forgotten, and when",
            Self::Dashboard => "This dashboard",
        }
    }
}

/// In the order of the page.
pub const ALL: &[&Setting] = &[
    &ADDRESSES_KEEP,
    &ADDRESSES_SALT,
    &ADDRESSES_FORGET,
    &DELETED_ERASE,
    &GUESTS_FORGET,
    &IMPORTS_KEEP,
    &ADMIN_NETWORKS,
];

const ADDRESSES_KEEP: Setting = Setting {
    key: "addresses.keep",
    group: Group::Addresses,
    name: "Kept with a comment",
    about: "What is kept of the address a comment comes from. Votes and reports always keep a hash, so that one address \
            counts once.",
    default: "hash",
    kind: Kind::Choice(&[
        Choice {
            value: "hash",
            name: "A hash",
            about: "It shows that two comments come from one address, and not from which.",
        },
        Choice {
            value: "network+hash",
            name: "A hash, and the network",
            about: "The network is the address shortened, 203.0.113.0/24 or 2001:db8:1::/48; many people share one.",
        },
        Choice {
            value: "none",
            name: "Nothing",
            about: "Then it does not show that two comments come from one address.",
        },
    ]),
};

const ADDRESSES_SALT: Setting = Setting {
    key: "addresses.salt_days",
    group: Group::Addresses,
    name: "New salt after",
    about: "Hashes are made with a random salt. Once it is replaced and thrown away, nobody can tell any more which address a \
            hash was made of; votes, reports and bans by hash from before then no longer recognise an address.",
    default: "30",
    kind: Kind::Days { least: 1, most: 365, zero: "" },
};

const ADDRESSES_FORGET: Setting = Setting {
    key: "addresses.forget_after_days",
    group: Group::Addresses,
    name: "Forgotten after",
    about: "When a comment is older, the hash and the network that were kept with it are removed.",
    default: "30",
    kind: Kind::Days { least: 1, most: 3650, zero: "" },
};

const DELETED_ERASE: Setting = Setting {
    key: "deleted.erase_after_days",
    group: Group::Erasing,
    name: "Deleted comments are erased after",
    about: "Until then a comment that a moderator deleted can be brought back.",
    default: "30",
    kind: Kind::Days { least: 1, most: 365, zero: "" },
};

const GUESTS_FORGET: Setting = Setting {
    key: "guests.forget_after_days",
    group: Group::Erasing,
    name: "People without a comment are forgotten after",
    about: "Whoever only voted, or whose comments are all gone. The sums of the votes stay; who cast them is forgotten, and \
            whoever comes back may vote once more.",
    default: "365",
    kind: Kind::Days { least: 0, most: 3650, zero: "never" },
};

const IMPORTS_KEEP: Setting = Setting {
    key: "imports.keep_reports_days",
    group: Group::Erasing,
    name: "Reports of imports are kept for",
    about: "They name what was skipped, with places in the file that was imported.",
    default: "365",
    kind: Kind::Days { least: 1, most: 3650, zero: "" },
};

const ADMIN_NETWORKS: Setting = Setting {
    key: "admin.networks",
    group: Group::Dashboard,
    name: "Networks that may open it",
    about: "Addresses or networks, one a line, such as 203.0.113.7 or 10.0.0.0/8. From anywhere else everything under /admin \
            is refused. Empty: from anywhere.",
    default: "",
    kind: Kind::Networks,
};

/// What is kept of the address of a comment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    #[default]
    Hash,
    NetworkAndHash,
    Nothing,
}

impl Keep {
    #[must_use]
    pub fn hash(self) -> bool {
        self != Self::Nothing
    }

    #[must_use]
    pub fn network(self) -> bool {
        self == Self::NetworkAndHash
    }
}

impl Settings {
    #[must_use]
    pub fn addresses_keep(&self) -> Keep {
        match self.text(&ADDRESSES_KEEP) {
            "none" => Keep::Nothing,
            "network+hash" => Keep::NetworkAndHash,
            _ => Keep::Hash,
        }
    }

    #[must_use]
    pub fn addresses_salt_for(&self) -> Duration {
        self.days(&ADDRESSES_SALT)
    }

    #[must_use]
    pub fn addresses_forget_after(&self) -> Duration {
        self.days(&ADDRESSES_FORGET)
    }

    #[must_use]
    pub fn deleted_erase_after(&self) -> Duration {
        self.days(&DELETED_ERASE)
    }

    /// None: never.
    #[must_use]
    pub fn guests_forget_after(&self) -> Option<Duration> {
        Some(self.days(&GUESTS_FORGET)).filter(|span| !span.is_zero())
    }

    #[must_use]
    pub fn imports_keep_for(&self) -> Duration {
        self.days(&IMPORTS_KEEP)
    }

    /// Empty: from anywhere.
    #[must_use]
    pub fn admin_networks(&self) -> Vec<Network> {
        super::kind::networks(self.text(&ADMIN_NETWORKS)).unwrap_or_default()
    }

    fn days(&self, setting: &Setting) -> Duration {
        Duration::from_hours(24 * self.text(setting).parse::<u64>().unwrap_or(30))
    }
}
