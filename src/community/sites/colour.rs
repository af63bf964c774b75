//! Colours of a site, and whether one can be read on another: contrast as WCAG 2.2 defines it.

use std::fmt;

use super::Theme;

/// The least contrast at which text can be read (WCAG 2.2, 1.4.3).
const LEAST: f64 = 4.5;
/// The part of the accent in a link's colour; the rest is the ink. As in `static/widget/widget.css`.
const IN_LINKS: f64 = 0.62;
/// Ink and paper of the widget's own themes, likewise; a page in whose looks it stands is much like one of them.
const LIGHT: (Colour, Colour) = (Colour([0x1d, 0x1e, 0x20]), Colour([0xff, 0xff, 0xff]));
const DARK: (Colour, Colour) = (Colour([0xe7, 0xe6, 0xe3]), Colour([0x17, 0x18, 0x1b]));

/// Red, green and blue (sRGB).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

/// What is to be said of a colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    pub good: bool,
    pub text: String,
}

impl Colour {
    pub const WHITE: Self = Self([0xff; 3]);
    pub const BLACK: Self = Self([0; 3]);

    /// Reads `#rrggbb`, or `#rgb` for the same digits twice.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?.chars().map(|c| c.to_digit(16)).collect::<Option<Vec<_>>>()?;
        let twice: Vec<u32> = match digits.len() {
            3 => digits.iter().flat_map(|digit| [*digit, *digit]).collect(),
            6 => digits,
            _ => return None,
        };
        let mut bytes = [0; 3];
        for (byte, pair) in bytes.iter_mut().zip(twice.chunks(2)) {
            *byte = u8::try_from(16 * pair[0] + pair[1]).ok()?;
        }
        Some(Self(bytes))
    }

    /// White or black, whichever reads better on this colour; white as long as it reads well enough.
    #[must_use]
    pub fn text_on(self) -> Self {
        if contrast(Self::WHITE, self) >= LEAST { Self::WHITE } else { Self::BLACK }
    }

    /// Linear light, 0 to 1.
    fn linear(self) -> [f64; 3] {
        self.0.map(|byte| {
            let value = f64::from(byte) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn luminance(self) -> f64 {
        luminance_of(self.linear())
    }
}

fn luminance_of([red, green, blue]: [f64; 3]) -> f64 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// How an accent does on the widget's buttons and links, in words.
#[must_use]
pub fn advice(accent: Colour, theme: Theme) -> Vec<Advice> {
    let text = accent.text_on();
    let name = if text == Colour::WHITE { "white" } else { "black" };
    let mut all = vec![Advice {
        good: true,
        text: format!("Buttons: {name} letters on it, contrast {}.", ratio(contrast(text, accent))),
    }];
    if theme != Theme::Dark {
        all.push(links(accent, LIGHT, "a light page", "Take a darker colour."));
    }
    if theme != Theme::Light {
        all.push(links(accent, DARK, "a dark page", "Take a lighter colour."));
    }
    all
}

fn links(accent: Colour, (ink, paper): (Colour, Colour), place: &str, remedy: &str) -> Advice {
    let found = contrast_of(mixed_luminance(accent, ink, IN_LINKS), paper.luminance());
    let good = found >= LEAST;
    let text = if good {
        format!("Links on {place}: contrast {}.", ratio(found))
    } else {
        format!(
            "Links on {place} are hard to read: contrast {}, and 4.5 : 1 is the least. {remedy}",
            ratio(found)
        )
    };
    Advice { good, text }
}

/// Rounded down, so that what falls short of the least never looks as if it did not.
fn ratio(contrast: f64) -> String {
    format!("{:.1} : 1", (contrast * 10.0).floor() / 10.0)
}

fn contrast(one: Colour, other: Colour) -> f64 {
    contrast_of(one.luminance(), other.luminance())
}

fn contrast_of(one: f64, other: f64) -> f64 {
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The luminance of what CSS's `color-mix(in oklab, …)` makes of two colours (CSS Color 4, Oklab).
fn mixed_luminance(one: Colour, other: Colour, share: f64) -> f64 {
    let (one, other) = (roots(one), roots(other));
    // Oklab is linear in the cube roots of the cones' answers, so these can be mixed as well.
    let [long, medium, short] =
        std::array::from_fn(|at| (share * one[at] + (1.0 - share) * other[at]).powi(3));
    let red = 4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short;
    let green = -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short;
    let blue = -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701_0 * short;
    luminance_of([red, green, blue].map(|light| light.clamp(0.0, 1.0)))
}

/// The cube roots of how the three cones answer to a colour.
fn roots(colour: Colour) -> [f64; 3] {
    let [r, g, b] = colour.linear();
    [
        (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt(),
        (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt(),
        (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    #[test]
    fn a_colour_reads_back_as_it_was_written() {
        assert_eq!(colour("#1F6a4d").to_string(), "#1f6a4d");
        assert_eq!(colour("#fc0"), colour("#ffcc00"));
        for wrong in ["", "#", "1f6a4d", "#12345", "#1234567", "#ggg", "red", "#+1+1+1", "#１２３"] {
            assert_eq!(Colour::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn contrast_is_what_wcag_says() {
        assert!((contrast(Colour::WHITE, Colour::BLACK) - 21.0).abs() < 1e-9);
        assert!((contrast(colour("#777777"), Colour::WHITE) - 4.48).abs() < 0.01);
        assert!((contrast(colour("#2a5bd7"), Colour::WHITE) - 5.87).abs() < 0.01);
    }

    #[test]
    fn letters_can_be_read_on_every_colour() {
        for step in 0..=0xfff_u32 {
            let accent = colour(&format!("#{step:03x}"));
            assert!(contrast(accent.text_on(), accent) >= LEAST, "{accent}");
        }
    }

    #[test]
    fn mixing_ends_in_the_colours_themselves() {
        let (red, blue) = (colour("#d3222f"), colour("#2a5bd7"));
        assert!((mixed_luminance(red, blue, 1.0) - red.luminance()).abs() < 1e-4);
        assert!((mixed_luminance(red, blue, 0.0) - blue.luminance()).abs() < 1e-4);
    }

    #[test]
    fn a_colour_that_is_too_faint_is_told_with_what_to_do() {
        let faint = advice(colour("#ffcc00"), Theme::Auto);
        assert!(faint[0].good && faint[0].text.contains("black"), "{faint:?}");
        assert!(!faint[1].good && faint[1].text.contains("darker"), "{faint:?}");
        assert!(faint[2].good, "{faint:?}");
        assert!(advice(colour("#ffcc00"), Theme::Dark).iter().all(|one| one.good));
        assert!(advice(colour("#2a5bd7"), Theme::Auto).iter().all(|one| one.good));
        let dark = advice(colour("#000033"), Theme::Auto);
        assert!(!dark[2].good && dark[2].text.contains("lighter"), "{dark:?}");
    }
}
