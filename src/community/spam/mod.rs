//! Is this submission welcome? Asked before anything is published, and again of every edit.

mod fold;
pub mod words;

use std::borrow::Cow;
use std::time::Duration;

use crate::base::error::{Error, Result};
use crate::community::sites::Moderation;

/// Nobody reads a form and writes a sentence faster.
const SHORTEST: Duration = Duration::from_millis(1500);

/// Why somebody's first comment is held.
pub const NEWCOMER: &str = "This person had no comment approved here before.";

/// What everyone is told of a word that is on the site's list; moderators are told which one.
const BLOCKED: &str = "It has a word in it that this site looks at first";

/// What moderators are told of a program.
const TRAPPED: &str = "The hidden field that only programs fill was filled.";

/// What is to happen with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Publish,
    /// A moderator decides; with the reason in words.
    Hold(Cow<'static, str>),
    /// As `Hold`, but among the spam.
    Spam(Cow<'static, str>),
}

/// What is known of a submission.
#[derive(Clone, Copy, Debug, Default)]
pub struct Submission<'a> {
    /// Links in the text.
    pub links: usize,
    /// Whether the author named a website.
    pub has_website: bool,
    /// Whether the same person had another comment approved here before.
    pub known: bool,
    /// Whether the field was filled that people do not see.
    pub trapped: bool,
    /// The word of the site's list that is in it.
    pub blocked: Option<&'a str>,
}

/// Judges a new comment or an edit by the site's rule.
#[must_use]
pub fn judge(rule: Moderation, submission: &Submission<'_>) -> Verdict {
    if submission.trapped {
        return Verdict::Spam(TRAPPED.into());
    }
    if let Some(word) = submission.blocked {
        return Verdict::Hold(format!("{BLOCKED}: “{word}”.").into());
    }
    match rule {
        Moderation::All => Verdict::Hold("This site holds every comment.".into()),
        Moderation::First if !submission.known => Verdict::Hold(NEWCOMER.into()),
        Moderation::Links if submission.links > 0 => Verdict::Hold("It has links in it.".into()),
        Moderation::Links if submission.has_website && !submission.known => {
            Verdict::Hold("Somebody new who names a website.".into())
        }
        _ => Verdict::Publish,
    }
}

/// What each rule has to say of a submission, whichever of them decides; for moderators, a sentence each.
#[must_use]
pub fn findings(submission: &Submission<'_>) -> Vec<String> {
    let mut said = Vec::new();
    if submission.trapped {
        said.push("Hidden field: filled, as only programs do.".to_owned());
    }
    if let Some(word) = submission.blocked {
        said.push(format!("Blocked words: “{word}”."));
    }
    match submission.links {
        0 => {}
        1 => said.push("Links: one in the text.".to_owned()),
        number => said.push(format!("Links: {number} in the text.")),
    }
    if submission.has_website {
        said.push("Links: the author names a website.".to_owned());
    }
    let known =
        if submission.known { "had a comment approved here before" } else { "none approved here before" };
    said.push(format!("Person: {known}."));
    said
}

/// Why a comment is held, as its author may know it: not by which word, or the next one would be spelt otherwise; nor
/// that a program was seen through, which is told the same.
#[must_use]
pub fn told_to_author(because: &str) -> String {
    if because.starts_with(BLOCKED) || because == TRAPPED {
        format!("{BLOCKED}.")
    } else {
        because.to_owned()
    }
}

/// Refuses what was written faster than people write.
///
/// # Errors
/// `Invalid`; sending the same again a moment later is fine.
pub fn check_pace(elapsed: Option<Duration>) -> Result<()> {
    match elapsed {
        Some(elapsed) if elapsed < SHORTEST => Err(Error::invalid(
            "elapsed_ms",
            "That was quicker than people write. Please look it over and send it again.",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: Submission<'_> =
        Submission { links: 0, has_website: false, known: false, trapped: false, blocked: None };

    #[test]
    fn each_rule_holds_what_it_says() {
        let known = Submission { known: true, ..NEW };
        let linked = Submission { links: 1, known: true, ..NEW };
        assert_eq!(judge(Moderation::None, &NEW), Verdict::Publish);
        assert!(matches!(judge(Moderation::All, &known), Verdict::Hold(_)));
        assert!(matches!(judge(Moderation::First, &NEW), Verdict::Hold(_)));
        assert_eq!(judge(Moderation::First, &known), Verdict::Publish);
        assert!(matches!(judge(Moderation::Links, &linked), Verdict::Hold(_)));
        assert_eq!(judge(Moderation::Links, &NEW), Verdict::Publish);
        assert!(matches!(
            judge(Moderation::Links, &Submission { has_website: true, ..NEW }),
            Verdict::Hold(_)
        ));
    }

    #[test]
    fn who_fills_the_hidden_field_is_a_program() {
        assert!(matches!(judge(Moderation::None, &Submission { trapped: true, ..NEW }), Verdict::Spam(_)));
    }

    #[test]
    fn a_blocked_word_holds_under_every_rule_and_is_named_to_moderators_only() {
        let said = Submission { known: true, blocked: Some("casin*"), ..NEW };
        for rule in [Moderation::None, Moderation::All, Moderation::First, Moderation::Links] {
            let Verdict::Hold(because) = judge(rule, &said) else { panic!("{rule}: not held") };
            assert!(because.contains("“casin*”"), "{because}");
            assert!(!told_to_author(&because).contains("casin"), "{because}");
        }
        assert!(matches!(judge(Moderation::None, &Submission { trapped: true, ..said }), Verdict::Spam(_)));
        assert_eq!(told_to_author(NEWCOMER), NEWCOMER);
    }

    #[test]
    fn every_rule_has_its_say_whichever_decides() {
        let said = findings(&Submission { links: 2, has_website: true, blocked: Some("casin*"), ..NEW });
        let begun = |with: &str| said.iter().filter(|one| one.starts_with(with)).count();
        assert_eq!(
            (begun("Blocked words: “casin*”"), begun("Links:"), begun("Person: none")),
            (1, 2, 1),
            "{said:?}"
        );
        assert_eq!(
            findings(&Submission { known: true, ..NEW }),
            ["Person: had a comment approved here before."]
        );
        assert!(findings(&Submission { trapped: true, ..NEW })[0].starts_with("Hidden field"));
    }

    #[test]
    fn nobody_writes_in_a_tenth_of_a_second() {
        assert!(check_pace(Some(Duration::from_millis(100))).is_err());
        assert!(check_pace(Some(Duration::from_secs(5))).is_ok());
        assert!(check_pace(None).is_ok());
    }
}
